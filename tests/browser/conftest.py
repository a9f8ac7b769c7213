"""A real Chromium, and a library to look at with it. Runs where playwright is installed."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from ..portal import Portal

collect_ignore_glob = [] if find_spec("playwright") else ["test_*.py"]
HERE = Path(__file__).parent
# As Debian and Ubuntu call it, and what runners of CI have.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

if find_spec("playwright"):
    from playwright.sync_api import Browser, expect, sync_playwright

    from .visiting import Visitors
    from .world import World, new_world

    # five seconds else: an answer of a machine that does much beside may take longer
    expect.set_options(timeout=240_000)

    @pytest.fixture(scope="session")
    def chromium() -> Iterator[Browser]:
        """MEDIADB_TEST_BROWSER, else the first one that is installed here."""
        path = os.environ.get("MEDIADB_TEST_BROWSER") or next(
            filter(None, map(shutil.which, NAMES))
        )
        # no sandbox: tests run as root in containers, and open pages of our own only
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            yield browser
            browser.close()

    @pytest.fixture(scope="module")
    def world(portal: Portal) -> World:
        """Libraries and users to look with."""
        return new_world(portal)

    @pytest.fixture
    def visitors(chromium: Browser, portal: Portal) -> Iterator[Visitors]:
        """Opens windows; at the end nothing may have been reported in any of them."""
        opened = Visitors(chromium, portal)
        yield opened
        opened.close()
        assert not opened.faults


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these take a browser, and long."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)
