"""The tutorial "Your first hour", done step by step on a demo as it stands in the docs."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ..demo.running import Demo, demo
from ..hosts import plain_only

pytestmark = plain_only
REPOSITORY = Path(__file__).parents[2]
TUTORIAL = REPOSITORY / "docs" / "tutorials" / "your-first-hour.md"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Demo]:
    with demo(tmp_path / "demo") as started:
        yield started.wait_for("Check the library")


def test_your_first_hour_goes_as_it_is_written(running: Demo, chromium: Browser) -> None:
    assert running.text().index("/mediadb/search") < running.text().index("/api/1/")
    steps = re.findall(r"^\* (.*)$", TUTORIAL.read_text(encoding="utf-8"), flags=re.MULTILINE)
    context = chromium.new_context(locale="en", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(240_000)
    page = context.new_page()
    for step in steps:
        _do(page, step, running)
    context.close()

    assert len(steps) > 30


def _do(page: Page, step: str, running: Demo) -> None:
    main = page.locator("main")
    if found := re.fullmatch(r"Open <http://127\.0\.0\.1:5000(.*)>\.", step):
        page.goto(running.facts["base_url"] + found[1])
    elif found := re.fullmatch(r"Click \*\*(.*)\*\*\.", step):
        _named(page, found[1]).click()
        page.wait_for_load_state()
    elif found := re.fullmatch(r"Type `(.*)` into \*\*(.*)\*\*\.", step):
        text = found[1].replace("the password", running.facts["password"])
        main.get_by_label(found[2], exact=True).first.fill(text)
    elif found := re.fullmatch(r"Choose the file `(.*)` in \*\*(.*)\*\*\.", step):
        main.get_by_label(found[2], exact=True).set_input_files(REPOSITORY / found[1])
    elif found := re.fullmatch(r"You see “(.*)”\.", step):
        expect(main).to_contain_text(found[1])
    else:
        raise AssertionError(f"nobody can do this: {step}")


def _named(page: Page, name: str) -> Locator:
    """A button or link of the page itself, else one of its frame; waits until there is one."""
    found = [
        place.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
        for place in (page.locator("main"), page.locator("header"))
        for role in ("button", "link")
    ]
    expect(functools.reduce(Locator.or_, found).first).to_be_visible()
    return next(one.first for one in found if one.count())
