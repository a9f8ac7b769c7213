"""The tutorial for udata leads from an installed udata to a first search, as written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ..images import encoded, jpeg, photo
from ..portal import REPOSITORY, SECRET, Portal

SETTINGS = """
SECRET_KEY = API_TOKEN_SECRET = {secret!r}
MONGODB_HOST = {mongodb!r}
CACHE_TYPE = "flask_caching.backends.SimpleCache"
CELERY_TASK_ALWAYS_EAGER = True
FS_ROOT = {root!r}
"""


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_commands_of_the_page_lead_to_a_first_search(portal: Portal, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "tutorials" / "udata.md").read_text()
    block = re.search(r"```sh\n(.*?)```", page, re.DOTALL)
    assert block is not None
    lines = [line for line in block[1].splitlines() if not line.startswith(("#", "pip "))]
    assert len(lines) < 10
    user = portal.user("you@example.org")
    script = "\n".join(lines).replace("https://your.portal/", f"{portal.url}/")
    script = script.replace("X-API-KEY:udata_…", f"X-API-KEY:{portal.client(user).key}")
    (tmp_path / "bridge.jpg").write_bytes(jpeg(3))
    (tmp_path / "a-crop-of-it.jpg").write_bytes(encoded(photo(3)[60:420, 100:560]))
    (tmp_path / "settings.py").write_text(
        SETTINGS.format(
            secret=SECRET, mongodb=portal.mongodb, root=portal.environment["TEST_FS_ROOT"]
        )
    )
    # httpie would read the standard input, which here is no terminal
    (tmp_path / "config.json").write_text('{"default_options": ["--ignore-stdin"]}')
    programs = Path(sys.executable).parent  # udata and http are there

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={
            **os.environ,
            "HTTPIE_CONFIG_DIR": str(tmp_path),
            "UDATA_SETTINGS": str(tmp_path / "settings.py"),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.search(r'"name": "Bridge",\s+"decision": "match"', done.stdout), done.stdout
