"""Many pictures at once, neighbours, zoom and keys, as somebody with a browser does it."""

import pytest
from playwright.sync_api import expect

from ..images import jpeg
from .test_tasks import Counted
from .visiting import PHONE, Visitors, live, press
from .world import World

# Two keys of which the second counts for a moment only, however slow the machine is.
_ONE_AFTER_THE_OTHER = """(keys) => { for (const key of keys)
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})); }"""


def library(world: World, count: int, name: str) -> str:
    made = world.owner.client.post("applications/", json={"name": name})
    identifier = str(made.json()["id"])
    for number in range(count):
        world.owner.client.add(identifier, jpeg(500 + number, 200, 150), name=f"picture {number}")
    return identifier


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_pictures_are_chosen_deleted_and_brought_back(
    visitors: Visitors, world: World, script: bool
) -> None:
    own = library(world, 5, f"Chosen {script}")
    page = visitors.window(world.owner.user, java_script_enabled=script, viewport=PHONE)
    page.goto(f"/mediadb/{own}/?sort=name")
    if script:
        live(page)
    page.get_by_label("Choose picture 1").check()
    page.get_by_label("Choose picture 3").check()
    if script:
        expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_text("Change or delete the chosen pictures").click()
    page.get_by_role("button", name="Delete them; they can be brought back").click()
    expect(page.get_by_text("2 pictures were deleted.")).to_be_visible()
    expect(page.get_by_text("3 pictures", exact=True)).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("5 pictures", exact=True)).to_be_visible()


def test_all_pictures_of_a_filter_get_a_keyword_by_the_keyboard(
    visitors: Visitors, world: World
) -> None:
    own = library(world, 26, "By keyboard")
    somebody = Counted(visitors.window(world.owner.user)).open(f"/mediadb/{own}/?q=picture")
    page = somebody.page
    live(page)
    page.locator(".mdb-grid a").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 chosen")).to_be_visible()
    summary = page.locator(".mdb-bulk summary")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_label("Add keywords, with commas between").fill("seen")
    page.keyboard.press("Enter")
    expect(page.get_by_text("26 pictures were changed.")).to_be_visible()

    found = world.owner.client.get("keywords/", params={"application": own}).json()
    assert [one["count"] for one in found["data"]] == [26]


def test_neighbours_zoom_and_keys(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    page.goto(f"/mediadb/{world.library}/?q=picture&sort=name")
    page.get_by_role("link", name="picture 141").click()
    expect(page.get_by_text("2 of 10")).to_be_visible()
    press(page, "ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("picture 142")
    press(page, "ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text("picture 141")
    live(page)
    zoom = page.get_by_role("button", name="picture 141")
    zoom.focus()
    page.keyboard.press("Enter")
    expect(zoom).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(zoom).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys of the keyboard")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change picture 141")
    page.goto("/mediadb/about")
    live(page)
    page.evaluate(_ONE_AFTER_THE_OTHER, ["g", "p"])
    page.wait_for_url("**/mediadb/*/")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_pictures_like_this_but_in_other_colours_take_four_actions(
    visitors: Visitors, world: World, script: bool
) -> None:
    page = visitors.window(java_script_enabled=script)
    somebody = Counted(page).open(f"/mediadb/search?application={world.library}")
    somebody.click("or search by colours")
    somebody.page.get_by_role("link", name="blue", exact=True).click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("in these colours")
    page.get_by_label("Share in percent; 0 takes it away").first.fill("15")
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**share=15*")

    expect(page.get_by_text("Any colour: the rest, 85 %")).to_be_visible()
