"""What the pages ship of others is what the lock file has, with its licence to be read."""

import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from .visiting import Visitors

REPOSITORY = Path(__file__).parents[2]
VENDOR = REPOSITORY / "udata_mediadb/dialects/pages/static/vendor"


def test_files_of_others_are_those_of_the_lock_file() -> None:
    command = [sys.executable, REPOSITORY / "tools/vendor.py", "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_licence_of_each_is_a_click_away(visitors: Visitors) -> None:
    page = visitors.window()
    for one in json.loads((VENDOR / "vendored.json").read_text(encoding="utf-8")):
        page.goto("/mediadb/about")
        row = page.get_by_role("row", name=one["name"])
        expect(row).to_contain_text(one["version"])
        text = page.request.get(row.get_by_role("link").get_attribute("href") or "").text()
        assert text == (VENDOR / one["licence_file"]).read_text(encoding="utf-8")
