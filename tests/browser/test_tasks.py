"""What people come for, in as few actions as promised: by mouse, by keyboard alone, on a phone.

An action is a click, a drop, a paste, a key that chooses, or the typing of one field.
"""

import base64
import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from ..images import encoded, photo
from ..waiting import eventually
from .visiting import PHONE, Visitors, live, press
from .world import World, part

_PASTE = """([data, type]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const moved = new DataTransfer();
  moved.items.add(new File([bytes], "mine.jpg", {type: "image/jpeg"}));
  const event = type === "paste"
    ? new ClipboardEvent("paste", {clipboardData: moved, bubbles: true, cancelable: true})
    : new DragEvent("drop", {dataTransfer: moved, bubbles: true, cancelable: true});
  document.body.dispatchEvent(event);
}"""


class Counted:
    """Counts what somebody does in a window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def open(self, path: str) -> "Counted":
        self.page.goto(path)
        return self

    def bring(self, picture: bytes, how: str) -> None:
        """Paste or drop a picture."""
        self.actions += 1
        live(self.page)
        with self.page.expect_navigation():
            self.page.evaluate(_PASTE, [base64.b64encode(picture).decode(), how])

    def click(self, name: str, role: str = "link") -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]

    def press(self, name: str, role: str = "link") -> None:
        """The same with the keyboard alone: Tab until it has the focus, then Enter."""
        self.actions += 1
        wanted = self.page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
        wanted.wait_for()
        live(self.page)
        for _ in range(80):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("(e) => e === document.activeElement"):
                outline = wanted.evaluate("(e) => getComputedStyle(e).outlineStyle")
                assert outline != "none", f"the focus on {name} cannot be seen"
                self.page.keyboard.press("Enter")
                return
        raise AssertionError(f"{name} cannot be reached with Tab")

    def fill(self, label: str, text: str) -> None:
        self.actions += 1
        self.page.get_by_label(label, exact=True).first.fill(text)


WAYS: list[Callable[[Counted], Callable[[str], None]]] = [lambda c: c.click, lambda c: c.press]
BY = pytest.mark.parametrize("way", WAYS, ids=["mouse", "keyboard"])


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_picture_is_recognised_in_one_action(visitors: Visitors, world: World, how: str) -> None:
    somebody = Counted(visitors.window()).open(f"/mediadb/search?application={world.library}")
    somebody.bring(part(143), how)

    expect(somebody.page.get_by_role("article").first).to_contain_text("picture 143")
    expect(somebody.page.get_by_role("article").first).to_contain_text("The same picture")
    assert somebody.actions <= 3


def test_a_picture_can_be_pasted_on_any_page(visitors: Visitors, world: World) -> None:
    for name in ("pictures", "picture", "collections", "about"):
        somebody = Counted(visitors.window()).open(world.pages[name])
        somebody.bring(part(144), "paste")
        expect(somebody.page.get_by_role("article").first).to_contain_text("picture 144")


@BY
def test_a_proof_is_shown_in_three_actions_and_its_link_opens_for_a_colleague(
    visitors: Visitors, world: World, way: Callable[[Counted], Callable[[str], None]]
) -> None:
    somebody = Counted(visitors.window()).open(f"/mediadb/search?application={world.library}")
    somebody.bring(part(145), "paste")
    way(somebody)("Compare")
    somebody.page.wait_for_url("**/compare/**")
    way(somebody)("Slide")
    somebody.page.wait_for_url("**view=slide")
    colleague = visitors.window()
    colleague.goto(somebody.page.url)

    expect(colleague.get_by_role("heading", level=1)).to_have_text("Compare with picture 145")
    assert somebody.actions <= 3


def test_the_stored_picture_lies_on_the_other_where_it_should(
    visitors: Visitors, world: World
) -> None:
    somebody = Counted(visitors.window()).open(f"/mediadb/search?application={world.library}")
    somebody.bring(part(146), "paste")
    somebody.click("Compare")
    somebody.click("Slide")
    page = somebody.page
    expect(page.locator(".mdb-veil img")).to_have_attribute("style", re.compile("matrix3d"))
    page.locator("#slide").fill("0")
    stage = page.locator(".mdb-stage").bounding_box()
    over = page.locator(".mdb-veil img").bounding_box()
    assert stage is not None
    assert over is not None

    # what was cut out: columns 100 to 560 of 640, rows 60 to 420 of 480
    assert over["width"] / stage["width"] == pytest.approx(640 / 460, rel=0.02)
    assert over["x"] == pytest.approx(stage["x"] - 100 / 460 * stage["width"], abs=4)
    assert over["y"] == pytest.approx(stage["y"] - 60 / 360 * stage["height"], abs=4)


@BY
def test_a_smart_collection_takes_six_actions_and_its_count_is_live(
    visitors: Visitors, world: World, way: Callable[[Counted], Callable[[str], None]]
) -> None:
    somebody = Counted(visitors.window(world.owner.user)).open(world.pages["collections"])
    page = somebody.page
    way(somebody)("New smart collection")
    page.wait_for_url("**/smart/new")
    live(page)
    somebody.fill("Value", "bridge")
    second = page.get_by_role("group", name="Rule 2")
    second.get_by_label("What").select_option("metadata.year")
    second.get_by_label("Comparison").select_option("lt")
    second.get_by_label("Value").fill("1950")
    somebody.actions += 3
    found = page.locator("#found")
    expect(found).to_contain_text("2 pictures meet the rules now")
    somebody.page.get_by_role("button", name="Save").click()
    somebody.actions += 1
    page.wait_for_url("**/smart/*")

    expect(page.get_by_role("heading", level=1)).to_have_text("bridge, year < 1950")
    expect(page.get_by_text("2 pictures meet the rules now")).to_be_visible()
    assert somebody.actions <= 6


def test_a_key_for_searching_takes_four_actions(visitors: Visitors, world: World) -> None:
    somebody = Counted(visitors.window(world.owner.user)).open(world.pages["pictures"])
    somebody.click("Keys")
    somebody.page.wait_for_url("**/keys")
    somebody.click("Make a new public key", "button")
    fresh = somebody.page.locator("#fresh")

    expect(fresh).to_have_text(
        world.owner.client.get(f"applications/{world.library}/").json()["public_key"]
    )
    assert somebody.actions <= 4


def test_only_a_part_is_looked_for_in_two_actions(visitors: Visitors, world: World) -> None:
    somebody = Counted(visitors.window()).open(f"/mediadb/search?application={world.library}")
    pasted = np.hstack([photo(148), photo(149)])
    somebody.bring(encoded(pasted), "paste")
    frame = live(somebody.page).locator("[data-region]").bounding_box()
    assert frame is not None
    mouse, somebody.actions = somebody.page.mouse, somebody.actions + 1
    mouse.move(frame["x"] + frame["width"] * 0.52, frame["y"] + 3)
    mouse.down()
    mouse.move(frame["x"] + frame["width"] * 0.98, frame["y"] + frame["height"] - 3)
    mouse.up()
    somebody.page.wait_for_url("**left=*")

    expect(somebody.page.get_by_role("article").first).to_contain_text("picture 149")
    assert somebody.actions <= 3


def test_twenty_groups_of_duplicates_take_a_key_each_and_any_is_undone(
    visitors: Visitors, world: World
) -> None:
    twins = world.with_twins(20)
    page = visitors.window(world.owner.user)
    page.goto(f"/mediadb/{twins}/duplicates")
    page.get_by_role("button", name="Compare all pictures now").click()
    page.wait_for_url("**/duplicates*")
    eventually(lambda: is_done(world, twins))
    # it brings itself up to date, and does not while it is decided
    expect(page.get_by_text("20 groups")).to_be_visible()
    expect(page.locator("#progress")).to_have_count(0)
    for left in range(19, -1, -1):
        with page.expect_navigation():
            press(page, "m")
        expect(page.get_by_text(f"{left} group", exact=False).first).to_be_visible()
    with page.expect_navigation():
        press(page, "z")

    expect(page.get_by_text("1 group")).to_be_visible()
    listed = world.owner.client.get("media/", params={"application": twins, "page_size": 1})
    assert listed.json()["total"] == 21


def is_done(world: World, library: str) -> bool:
    """Whether all that was begun for a library has ended well."""
    listed = world.owner.client.get("jobs/", params={"application": library}).json()["data"]
    return {job["state"] for job in listed} == {"done"}


def test_why_a_known_picture_was_not_found_is_told_in_four_actions(
    visitors: Visitors, world: World
) -> None:
    somebody = Counted(visitors.window()).open(f"/mediadb/search?application={world.library}")
    somebody.bring(encoded(np.full((300, 400, 3), 90, np.uint8)), "paste")
    page = somebody.page
    somebody.click("Not what you expected? Why a picture was not found")
    somebody.fill("Words of its name or its keywords", "147")
    page.keyboard.press("Enter")
    somebody.click("picture 147")

    expect(page.get_by_role("heading", level=1)).to_have_text("Why was picture 147 not found?")
    lost = page.get_by_text("here it was lost")
    expect(lost).to_contain_text("There is enough to see in both")
    assert somebody.actions <= 4 + 1  # the paste that was not found comes before


def test_a_photo_of_a_phone_is_made_smaller_before_it_is_sent(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(f"/mediadb/search?application={world.library}")
    large = encoded(photo(147, width=4000, height=3000), quality=97)
    sent: list[int] = []
    page.on("request", lambda one: sent.append(len(one.post_data_buffer or b"")))
    files = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": large}
    expect(page.get_by_role("button", name="Use the camera")).to_be_visible()
    live(page).set_input_files("input[type=file]", files=[files])
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**/search/*")

    assert len(large) > 1_000_000
    assert max(sent) <= 400_000


def test_what_is_no_picture_is_told_before_it_is_sent(visitors: Visitors, world: World) -> None:
    page = visitors.window()
    page.goto("/mediadb/search")
    files = {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    live(page).set_input_files("input[type=file]", files=[files])
    expect(page.get_by_role("status")).to_have_text("This file is no picture.")
    page.get_by_role("button", name="Search", exact=True).click()

    assert page.url.endswith("/mediadb/search")


def test_keys_lead_to_words_and_search_and_can_be_switched_off(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window()
    page.goto(world.pages["pictures"])
    press(page, "/")
    expect(page.get_by_label("Words")).to_be_focused()
    page.goto("/mediadb/about")
    live(page).get_by_role("button", name="Switch single keys off").click()
    press(page, "i")
    assert page.url.endswith("/about")
    page.get_by_role("button", name="Switch single keys on").click()
    press(page, "i")
    page.wait_for_url("**/search*")
