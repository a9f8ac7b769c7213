"""The wheel of the client, in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools.build_client_wheel import build

from ..fixtures import Tenant
from ..portal import Portal

USE = """
import importlib.metadata, sys
from udata_mediadb.client import MediaDB

with MediaDB(sys.argv[1], key=sys.argv[2]) as db:
    print(db.me()["user"]["id"])
print(sorted(one.metadata["Name"] for one in importlib.metadata.distributions()))
"""


@pytest.mark.slow
def test_the_wheel_needs_httpx_alone(portal: Portal, tenant: Tenant, tmp_path: Path) -> None:
    wheel = build(tmp_path)
    home = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
    python = str(home / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel)], check=True, timeout=300)

    done = subprocess.run(
        [python, "-c", USE, portal.url, tenant.client.key or ""],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    user, installed = done.stdout.splitlines()
    assert user == tenant.user.id
    assert "'httpx'" in installed
    assert not {"Flask", "click", "pymongo"} & set(installed.split("'"))
    program = [str(home / "bin" / "mediadb")]
    command = subprocess.run(program, check=False, capture_output=True, text=True)
    assert command.returncode == 1
    assert "mediadb-client[cli]" in command.stderr


def test_the_portal_needs_nothing_of_the_client() -> None:
    code = "import sys; sys.modules['httpx'] = None; import udata_mediadb.mounting.app"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_httpx_it_is_said_what_to_install() -> None:
    code = "import sys; sys.modules['httpx'] = None; import udata_mediadb.client.command.entry"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stderr.rstrip().endswith("pip install 'udata-mediadb[client]'"), done.stderr
