"""The pages behind another front end: a real nginx with the lines of docs/reference/pages.md."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest

from ..auth.local import tenant_with_password
from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import encoded, jpeg
from ..pages.browser import Browser, text_of
from ..portal import Portal
from ..ports import free_port
from .pages import blocks
from .terminal import LeftRunning

pytestmark = [
    pytest.mark.slow,
    plain_only,  # udata signs in on pages of its own
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
]
PAGE = "reference/pages.md"
UDATA = "127.0.0.1:7000"
OTHER = "the other front end"


def lines_of_the_page() -> str:
    (text,) = [one.text for one in blocks(PAGE) if one.language == "nginx"]
    assert UDATA in text
    return text


@pytest.fixture
def front(portal: Portal, tmp_path: Path) -> Iterator[str]:
    """The address of a site whose front end is another one, and whose API is ours already."""
    port, backend = free_port(), urlsplit(portal.url).netloc
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    main = tmp_path / "nginx.conf"
    main.write_text(
        f"{user}daemon off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/nginx.log;\n"
        "events {}\nhttp { access_log off; default_type text/html;\n"
        f"{temporary}server {{ listen 127.0.0.1:{port};\n"
        f'location / {{ return 200 "{OTHER}"; }}\n'
        f"location /api/ {{ proxy_pass http://{backend}; proxy_set_header Host $http_host; }}\n"
        f"{lines_of_the_page().replace(UDATA, backend)}\n}} }}\n"
    )
    line = f"exec nginx -c {main} -p {tmp_path} -e {tmp_path}/nginx.log"
    with LeftRunning(tmp_path, os.environ, line, port):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def own(portal: Portal) -> Tenant:
    tenant = tenant_with_password(portal, signatures=["match"])
    tenant.client.add(tenant.application, jpeg(30), name="the bridge")
    return tenant


def test_pages_and_pictures_come_through_and_all_else_is_the_front_ends(
    portal: Portal, front: str, own: Tenant
) -> None:
    browser = Browser(portal)
    browser.base = front
    browser.sign_in(own.user.email)
    page = browser.get(f"/mediadb/{own.application}/")
    picture = re.search(r'<img src="([^"]+)"', page.text)
    assert picture is not None
    address = picture[1].replace("&amp;", "&")

    assert "the bridge" in text_of(page)
    assert browser.get("/").text == browser.get("/datasets/").text == OTHER
    assert address.startswith(f"{front}/api/"), "links name the site, with its port"
    assert browser.http.get(address, timeout=300).headers["Content-Type"] == "image/jpeg"


def test_forms_are_taken_from_the_site_and_from_no_other(
    portal: Portal, front: str, own: Tenant
) -> None:
    browser = Browser(portal)
    browser.base = front
    browser.sign_in(own.user.email)
    path = f"/mediadb/search?application={own.application}"
    form = {"application": own.application}
    noise = np.random.default_rng(1).integers(0, 256, (700, 700, 3), dtype=np.uint8)
    large = encoded(noise, "PNG")
    assert len(large) > 1 << 20, "nginx takes no more where nothing is said"

    def send(origin: str) -> int:
        files = {"image": ("large.png", large)}
        headers = {"Origin": origin}
        sent = browser.send(path, "/mediadb/search", data=form, files=files, headers=headers)
        if sent.status_code == 303:
            assert sent.headers["Location"].startswith(("/mediadb/search/", f"{front}/mediadb/"))
            assert browser.get(urlsplit(sent.headers["Location"]).path).status_code == 200
        return sent.status_code

    assert send(front) == 303
    assert send("http://evil.example") == 403
    assert send("http://127.0.0.1") == 403, "the same host with another port is another site"
