"""The portal of the page on production, behind a proxy, on ports of its own."""

import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from ..ports import free_port
from .certificate import write_certificate
from .pages import blocks
from .terminal import LeftRunning

PAGE = "how-to/run-in-production.md"
HOST = "pictures.example.org"


def files_of_the_page(page: str = PAGE) -> dict[str, str]:
    """Path -> text of all blocks that begin with a path."""
    named = ((re.match(r"# (\S+)\n", block.text), block.text) for block in blocks(page))
    return {match[1]: text for match, text in named if match}


@dataclass(frozen=True)
class Site:
    """Where it serves: https through the proxy, http as the portal itself."""

    folder: Path
    mongodb: str
    proxy: int
    plain: int
    direct: int
    has_plain: bool

    def flask(self, *arguments: str) -> str:
        """What `flask mediadb …` prints for scripts."""
        done = subprocess.run(
            ["flask", "mediadb", *arguments],
            cwd=self.folder,
            env=environment_of(self.folder, self.mongodb),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def get(self, path: str, host: str = HOST) -> urllib3.BaseHTTPResponse:
        return self.request("GET", path, headers={}, host=host)

    def plainly(self, method: str, path: str) -> urllib3.BaseHTTPResponse:
        """Over http."""
        with urllib3.HTTPConnectionPool("127.0.0.1", self.plain, timeout=300) as pool:
            headers = {"Host": HOST}
            return pool.request(method, path, headers=headers, redirect=False)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str],
        host: str = HOST,
        **arguments: Any,
    ) -> urllib3.BaseHTTPResponse:
        """Over https, as a client elsewhere: a connection of its own, no redirects."""
        with urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            self.proxy,
            timeout=300,
            retries=False,
            ca_certs=str(self.folder / "certificate.pem"),
            server_hostname=HOST,
            assert_hostname=HOST,
        ) as pool:
            return pool.request(
                method, path, headers={**headers, "Host": host}, redirect=False, **arguments
            )

    def connect(self) -> ssl.SSLSocket:
        """A bare connection over https."""
        context = ssl.create_default_context(cafile=self.folder / "certificate.pem")
        plain = socket.create_connection(("127.0.0.1", self.proxy), timeout=300)
        return context.wrap_socket(plain, server_hostname=HOST)


def environment_of(folder: Path, mongodb: str) -> dict[str, str]:
    """/etc/portal/environment, with our MongoDB and folders."""
    text = files_of_the_page()["/etc/portal/environment"]
    lines = re.findall(r"^(\w+)='?(.*?)'?$", text, re.MULTILINE)
    settings = dict(lines)
    settings["FLASK_MEDIADB_MONGODB_URI"] = mongodb
    settings["FLASK_FS_ROOT"] = str(folder / "state" / "files")
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **settings, "PATH": programs}


@contextmanager
def behind(proxy: str, folder: Path, mongodb: str) -> Iterator[Site]:
    """The service's own line, and nginx or caddy with the lines of the page."""
    files = files_of_the_page()
    (folder / "portal.py").write_text(files["/srv/portal/portal.py"])
    write_certificate(folder, HOST)
    ports = free_port(), free_port(), free_port()
    site = Site(folder, mongodb, *ports, has_plain=proxy == "nginx")
    start = re.search(r"ExecStart=\S+/(.*)", files["/etc/systemd/system/portal.service"])
    assert start is not None
    line = start[1].replace("127.0.0.1:8000", f"127.0.0.1:{site.direct}")
    environment = environment_of(folder, mongodb)
    with (
        LeftRunning(folder, environment, f"exec {line}", site.direct),
        LeftRunning(folder, environment, _COMMANDS[proxy](site, files), site.proxy),
    ):
        _wait(site)
        yield site


def _nginx(site: Site, files: dict[str, str]) -> str:
    text = files["/etc/nginx/sites-available/portal"]
    replaced = {
        "listen 80;": f"listen 127.0.0.1:{site.plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{site.proxy} ssl;",
        "127.0.0.1:8000": f"127.0.0.1:{site.direct}",
        "/etc/ssl/portal/certificate.pem": str(site.folder / "certificate.pem"),
        "/etc/ssl/portal/key.pem": str(site.folder / "key.pem"),
    }
    for written, meant in replaced.items():
        assert written in text
        text = text.replace(written, meant)
    temporary = "".join(
        f"{kind}_temp_path {site.folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    main = site.folder / "nginx.conf"
    main.write_text(
        f"{user}daemon off; pid {site.folder}/nginx.pid; error_log {site.folder}/nginx.log;\n"
        "worker_processes 1; events { worker_connections 4096; }\n"
        f"http {{ access_log off;\n{temporary}{text}\n}}\n"
    )
    return f"exec nginx -c {main} -p {site.folder} -e {site.folder}/nginx.log"


def _caddy(site: Site, files: dict[str, str]) -> str:
    text = files["/etc/caddy/Caddyfile"]
    replaced = {
        "{\n    servers": "{\n    admin off\n    auto_https off\n    servers",
        f"\n{HOST} {{": f"\nhttps://{HOST}:{site.proxy} {{\n"
        f"    tls {site.folder}/certificate.pem {site.folder}/key.pem",
        "127.0.0.1:8000": f"127.0.0.1:{site.direct}",
    }
    for written, meant in replaced.items():
        assert written in text, written
        text = text.replace(written, meant)
    main = site.folder / "Caddyfile"
    main.write_text(text)
    return f"exec env XDG_DATA_HOME={site.folder} caddy run --adapter caddyfile --config {main}"


_COMMANDS = {"nginx": _nginx, "caddy": _caddy}


def _wait(site: Site) -> None:
    deadline_s = time.monotonic() + 300
    while site.get("/api/1/mediadb/media/").status != 200:
        assert time.monotonic() < deadline_s
        time.sleep(0.1)
