"""The API pages as a person uses them, in a real browser: authorise, upload, search."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ..auth.local import PASSWORD, tenant_with_password
from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import encoded, jpeg, photo
from ..portal import Portal

api = pytest.importorskip("playwright.sync_api")
CHROMIUM = Path("/usr/bin/chromium")  # Debian's

pytestmark = [
    plain_only,  # udata shows its API on a site of its own
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A page that must show no error of its own, such as one of the content security policy."""
    opened, errors = browser.new_page(), []
    opened.set_default_timeout(240_000)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda said: errors.append(said.text) if _is_fault(said) else None)
    yield opened
    opened.close()
    assert not errors


def _is_fault(said: Any) -> bool:
    return said.type == "error" and "Failed to load resource" not in said.text


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A picture, and a part of it."""
    whole, part = tmp_path / "bridge.jpg", tmp_path / "part.jpg"
    whole.write_bytes(jpeg(3))
    part.write_bytes(encoded(photo(3)[60:420, 100:560]))
    return whole, part


def test_a_person_uploads_and_searches_on_the_api_page(
    portal: Portal, tenant: Tenant, page: Any, files: tuple[Path, Path]
) -> None:
    whole, part = files
    page.goto(f"{portal.url}/api/1/")
    page.wait_for_selector("#operations-tag-mediadb")
    authorise(page, "apikey", tenant.client.key)
    added = send(
        page, "create_mediadb_media", {"image": whole, "name": "A bridge", "keywords": "river"}
    )
    assert (added["status"], '"name": "A bridge"' in added["text"]) == ("201", True)
    found = send(page, "search_mediadb", {"image": part})
    assert (found["status"], "A bridge" in found["text"]) == ("200", True)
    listed = send(page, "list_mediadb_media", {"q": "bridge", "page_size": "5"})
    assert (listed["status"], '"total": 1' in listed["text"]) == ("200", True)
    made = send(page, "create_mediadb_collection", {"payload": '{"name": "Bridges"}'})
    assert made["status"] == "201"


def test_a_person_logs_in_adds_and_searches_on_the_ltu_page(
    portal: Portal, page: Any, files: tuple[Path, Path]
) -> None:
    whole, part = files
    tenant = tenant_with_password(portal, public=True)
    keys = f"applications/{tenant.application}/keys/"
    private, public = (tenant.client.get(f"{keys}{k}/").json()["key"] for k in KINDS)
    page.goto(f"{portal.url}/ltu/services/docs/")
    page.wait_for_selector("#operations-tag-Login")
    form = {"grant_type": "password", "client_id": "ltu-api", "realm": "Production"}
    login = {"username": tenant.user.email, "password": PASSWORD}
    answer = send(page, "login", {**form, **login}, tag="Login")
    assert answer["status"] == "200"
    token = answer["text"].split('"access_token": "')[1].split('"')[0]

    authorise(page, "bearer", token)
    authorise(page, "key", private)
    data = '{"name": "A bridge"}'
    added = send(page, "add_media", {"media": whole, "data": data}, tag="Media")
    assert added["status"] == "201"
    authorise(page, "key", public)
    found = send(page, "search_media", {"media": part, "data": "{}"}, tag="Search")
    assert (found["status"], "A bridge" in found["text"]) == ("200", True)


KINDS = ("private", "public")


def authorise(page: Any, scheme: str, value: str) -> None:
    """Type a key or token into the form of this scheme, in place of what is there."""
    page.click(".btn.authorize")
    form = page.locator(".auth-container").filter(
        has=page.locator("h4 code", has_text=scheme).first
    )
    if form.locator("button", has_text="Logout").count():
        form.locator("button", has_text="Logout").click()
    form.locator("input").fill(value)
    form.locator("button", has_text="Authorize").click()
    page.locator(".btn-done").first.click()


def send(
    page: Any, operation: str, values: dict[str, str | Path], tag: str = "mediadb"
) -> dict[str, str]:
    """Fill in an operation and send it: the status and text of its answer."""
    block = page.locator(f"#operations-{tag}-{operation}")
    if not block.is_visible():
        page.click(f"#operations-tag-{tag}")
    block.wait_for()
    block.locator(".opblock-summary-control").click()
    block.locator(".try-out__btn").click()
    block.locator(".execute").wait_for()  # its fields can be filled in now
    for name, value in values.items():
        row = block.locator(f'tr[data-param-name="{name}"], tr[data-property-name="{name}"]')
        if isinstance(value, Path):
            row.locator("input[type=file]").set_input_files(str(value))
        elif row.locator("select:not(.content-type)").count():
            row.locator("select:not(.content-type)").first.select_option(value)
        else:
            if row.locator(".json-schema-form-item-add").count():
                row.locator(".json-schema-form-item-add").click()
            row.locator("input[type=text], input[type=password], textarea").first.fill(value)
    block.locator(".execute").click()
    answer = block.locator(".live-responses-table tbody tr.response").first
    answer.wait_for(timeout=240_000)
    status = answer.locator(".response-col_status").inner_text().split()[0]
    text = answer.locator(".response-col_description").inner_text()
    block.locator(".opblock-summary-control").click()
    return {"status": status, "text": text}
