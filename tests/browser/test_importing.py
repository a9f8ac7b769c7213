"""A folder comes in by a few clicks, and goes on where it was when the page was closed."""

import os
from pathlib import Path

from playwright.sync_api import Page, Route, expect

from ..images import jpeg
from .test_tasks import Counted
from .visiting import PHONE, Visitors, live
from .world import World

PIECE = 8 << 20


def folder(tmp_path: Path, count: int, first: int = 400) -> Path:
    """Pictures in folders of folders, as telephones and scanners leave them."""
    top = tmp_path / "Summer 2024"
    for number in range(count):
        place = top / f"day {number % 3}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number}.jpg").write_bytes(jpeg(first + number, 320, 240))
    (top / "Thumbs.db").write_bytes(b"left by Windows")
    return top


def names(world: World, keyword: str) -> list[str]:
    asked = {"application": world.library, "keyword": keyword, "page_size": 100}
    found = world.owner.client.get("media/", params=asked).json()["data"]
    return sorted(one["filename"] for one in found)


def test_a_folder_comes_in_with_its_names_as_keywords_in_five_actions(
    visitors: Visitors, world: World, tmp_path: Path
) -> None:
    somebody = Counted(visitors.window(world.owner.user)).open(world.pages["pictures"])
    page = somebody.page
    somebody.click("Import")
    page.wait_for_url("**/import")
    live(page).set_input_files("#folder", folder(tmp_path, 30))
    somebody.actions += 1
    somebody.click("Check", "button")
    page.get_by_role("button", name="Import now").wait_for(timeout=240_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Checked: Summer 2024")
    expect(page.get_by_role("link", name="new 30")).to_be_visible()
    assert names(world, "Summer 2024") == []
    somebody.click("Import now", "button")
    page.get_by_role("link", name="To the newest pictures").wait_for(timeout=240_000)

    expect(page.get_by_role("heading", level=1)).to_have_text("Imported: Summer 2024")
    assert names(world, "Summer 2024") == sorted(f"{n}.jpg" for n in range(30))
    assert names(world, "day 1") == sorted(f"{n}.jpg" for n in range(1, 30, 3))
    assert somebody.actions <= 5


def test_what_was_sent_before_the_page_was_closed_is_not_sent_again(
    visitors: Visitors, world: World, tmp_path: Path
) -> None:
    top = folder(tmp_path, 3, first=450)
    (top / "film.mov").write_bytes(os.urandom(PIECE + PIECE // 2))
    page = visitors.window(world.owner.user, viewport=PHONE)
    sent: list[str] = []
    page.context.on("request", lambda one: sent.append(one.method + " " + one.url))
    page.goto(world.pages["import"])
    page.route("**/uploads/*", lambda route: give_up_after_the_first(route, sent))
    live(page).set_input_files("#folder", top)
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("The connection broke off.")).to_be_visible()
    page.close()
    begun = len(sent)
    again = page.context.new_page()
    again.goto(world.pages["import"])
    live(again).set_input_files("#folder", top)
    again.get_by_role("button", name="Check", exact=True).click()
    again.get_by_role("button", name="Import now").wait_for(timeout=240_000)

    pieces = [one for one in sent[begun:] if one.startswith("POST") and "/uploads" in one]
    assert len(pieces) == 1, "the second piece alone, and no upload of its own"
    expect(again.get_by_role("link", name="new 3")).to_be_visible()
    visitors.faults.clear()  # the browser notes on its console that the connection broke off


def give_up_after_the_first(route: Route, sent: list[str]) -> None:
    pieces = [one for one in sent if one.startswith("POST") and "/uploads/" in one]
    if route.request.method == "POST" and len(pieces) > 1:
        route.abort("connectionreset")
    else:
        route.continue_()


def test_who_chose_nothing_is_told_so_without_leaving_the_page(
    visitors: Visitors, world: World
) -> None:
    page: Page = visitors.window(world.owner.user)
    page.goto(world.pages["import"])
    live(page).get_by_role("button", name="Check", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("Choose pictures, a ZIP or a table")
    assert page.url.endswith("/import")
