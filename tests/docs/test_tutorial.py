"""The tutorial for a Flask portal, line by line from an empty folder, as it is written.

Other than written are only the two ports, and where the source and the wheel lie.
"""

import json
import os
import re
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from ..ports import free_port
from .pages import DOCS, REPOSITORY, blocks, transcript, without_ids
from .source import source_in
from .terminal import LeftRunning, Terminal

pytestmark = [pytest.mark.server, pytest.mark.slow]
PAGE = "tutorials/flask.md"
SAMPLES = REPOSITORY / "udata_mediadb" / "demo" / "samples"


def environment_in(folder: Path) -> dict[str, str]:
    """A reader's: no virtual environment, and httpie that does not read our standard input."""
    (folder / "httpie").mkdir()
    (folder / "httpie" / "config.json").write_text(json.dumps({"default_options": ["-I"]}))
    kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return {**kept, "HTTPIE_CONFIG_DIR": str(folder / "httpie"), "PIP_ROOT_USER_ACTION": "ignore"}


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_every_line_does_what_the_page_says(tmp_path: Path) -> None:
    source = source_in(tmp_path / "source")
    environment = environment_in(tmp_path)
    mongod, web = free_port(), free_port()
    replaced = {
        "path/to/udata-mediadb": str(source),
        "~/wheels": str(tmp_path / "wheels"),
        "udata-mediadb mongod": f"udata-mediadb mongod --port {mongod}",
        ":27017": f":{mongod}",
        ":5000": f":{web}",
    }
    here = tmp_path / "home"
    here.mkdir()
    with ExitStack() as stack:
        terminal = stack.enter_context(Terminal(here, environment))
        for block in blocks(PAGE):
            text = block.text
            for written, meant in replaced.items():
                text = text.replace(written, meant)
            folder = here / "portal"
            if block.language == "python":
                name = text.splitlines()[0].removeprefix("# ")
                (folder / name).write_text(text)
            elif "activate" in text and block.language == "sh":
                port = web if "gunicorn" in text else mongod
                stack.enter_context(LeftRunning(folder, environment, text, port))
            elif block.language == "sh":
                for line in text.splitlines():
                    terminal.run(line)
            else:
                for command, expected in transcript(text):
                    printed = terminal.run(command)
                    if not command.startswith("pip "):  # which warns as its machine is set up
                        assert without_ids(printed) == without_ids(expected), command
        with_the_mouse(f"http://127.0.0.1:{web}", SAMPLES / "query.jpg")


def with_the_mouse(base: str, picture: Path) -> None:
    """The section of this name: its addresses, and what the page tells the reader to type."""
    section = (DOCS / PAGE).read_text().split("## The same with the mouse")[1].split("## ")[0]
    sign_in, search = re.findall(r"<http://127.0.0.1:5000(/\S*)>", section)
    login, password = re.findall(r"`(\S+@\S+|eight [^`]+)`", section)
    with requests.Session() as browser:

        def send(path: str, files: dict[str, bytes] | None = None, **fields: str) -> str:
            form = browser.get(base + path, timeout=300).text
            token = re.search(r'name="csrf_token" value="([^"]+)"', form)
            assert token is not None, path
            fields["csrf_token"] = token[1]
            answer = browser.post(base + path, data=fields, files=files, timeout=300)
            assert answer.status_code == 200, answer.text
            return answer.text

        send(sign_in, login=login, password=password)
        found = send(search, files={"image": picture.read_bytes()})
    assert re.search(r"<article.*?<h\d[^>]*>.*?books", found, re.DOTALL), found
