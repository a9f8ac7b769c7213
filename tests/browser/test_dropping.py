"""What is dropped and pasted on any page, as people do it: one, several, an address, cells."""

import base64

import pytest
from playwright.sync_api import Page, expect

from ..images import encoded, photo
from .visiting import Visitors, live
from .world import World, part

# [names of files or nothing, their bytes, what else is carried, where, drop or paste] -> taken
_BRING = """([names, data, said, where, type]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const moved = new DataTransfer();
  for (const name of names) moved.items.add(new File([bytes], name, {type: "image/jpeg"}));
  for (const [kind, text] of Object.entries(said)) moved.setData(kind, text);
  const event = type === "paste"
    ? new ClipboardEvent("paste", {clipboardData: moved, bubbles: true, cancelable: true})
    : new DragEvent(type, {dataTransfer: moved, bubbles: true, cancelable: true});
  return !document.querySelector(where).dispatchEvent(event);
}"""
ADDRESS = "https://nowhere.invalid/picture.jpg"


def bring(
    page: Page,
    *names: str,
    said: dict[str, str] | None = None,
    where: str = "main",
    how: str = "drop",
) -> bool:
    """Whether the page took it, and the browser did not."""
    data = base64.b64encode(part(143)).decode()
    return bool(live(page).evaluate(_BRING, [names, data, said or {}, where, how]))


@pytest.mark.parametrize("name", ["pictures", "about", "collections"])
def test_a_picture_that_is_dropped_on_any_page_is_searched_for(
    visitors: Visitors, world: World, name: str
) -> None:
    page = visitors.window()
    page.goto(world.pages[name])
    with page.expect_navigation():
        assert bring(page, "mine.jpg")

    expect(page.get_by_role("article").first).to_contain_text("picture 143")


def test_of_several_pictures_the_first_is_ready_and_that_is_said(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window()
    page.goto(f"/mediadb/search?application={world.library}")
    assert bring(page, "a.jpg", "b.jpg", "c.jpg")
    expect(page.get_by_role("status").first).to_have_text(
        "Those were 3 files; one picture is searched for at a time."
    )
    page.get_by_role("button", name="Search", exact=True).click()

    expect(page.get_by_text("a.jpg")).to_be_visible()
    expect(page.get_by_role("article").first).to_contain_text("picture 143")


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("drop", {"text/uri-list": ADDRESS}),
        (
            "drop",
            {
                "text/uri-list": "https://nowhere.invalid/page",
                "text/html": f'<a href="https://nowhere.invalid/page"><img src="{ADDRESS}"></a>',
            },
        ),
        ("paste", {"text/plain": f" {ADDRESS}\n"}),
    ],
    ids=["an address", "a picture with a link", "a pasted address"],
)
def test_an_address_is_searched_for_and_stays_where_it_is_refused(
    visitors: Visitors, world: World, how: str, said: dict[str, str]
) -> None:
    page = visitors.window()
    page.goto(f"/mediadb/search?application={world.library}")
    assert bring(page, said=said, how=how)

    expect(page.get_by_role("alert")).to_contain_text("The URL's host has no public address.")
    expect(page.get_by_label("or give its address on the web")).to_have_value(ADDRESS)


def test_pictures_dropped_where_some_are_added_are_added(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    page.goto(world.pages["add"])
    assert bring(page, "a.jpg", "b.jpg")
    assert bring(page, "c.jpg")

    expect(page.get_by_role("status").first).to_have_text("Files chosen: 3")
    names = page.eval_on_selector("#image", "(e) => [...e.files].map((one) => one.name)")
    assert names == ["a.jpg", "b.jpg", "c.jpg"]


def test_files_dropped_on_the_import_are_checked(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    page.goto(world.pages["import"])
    assert bring(page, "a.jpg", "b.jpg")
    expect(page.locator("#dropped")).to_have_text("Files chosen: 2")
    page.get_by_role("button", name="Check", exact=True).click()
    page.wait_for_url("**/imports/*")

    for name in ("a.jpg", "b.jpg"):
        expect(page.get_by_role("rowheader", name=name)).to_be_visible()


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_takes_nobody_from_a_form_that_is_filled_in(
    visitors: Visitors, world: World, how: str
) -> None:
    page = visitors.window(world.owner.user)
    page.goto(world.pages["edit"])
    live(page).get_by_label("Description").fill("ten minutes of work")
    assert bring(page, "mine.jpg", how=how)

    expect(page.get_by_role("status").first).to_contain_text("what you typed would be lost")
    expect(page.get_by_label("Description")).to_have_value("ten minutes of work")


def test_cells_of_a_table_are_pasted_as_text_where_there_is_a_field(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window(world.owner.user)
    page.goto(world.pages["import"])
    cells = {"text/plain": "river\tbridge"}

    assert not bring(page, "image.png", said=cells, where="#keywords", how="paste")


def test_a_picture_of_more_pixels_than_a_search_decodes_is_made_smaller(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window()
    page.goto(f"/mediadb/search?application={world.library}")
    large = encoded(photo(148, width=8000, height=5000), quality=80)
    assert len(large) > 1_000_000
    files = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": large}
    live(page).set_input_files("input[type=file]", files=[files])
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**/search/*")

    expect(page.get_by_text("2048 × 1280")).to_be_visible()


def test_words_for_scripts_are_in_the_language_of_the_page(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window(locale="de")
    page.goto(f"/mediadb/search?application={world.library}")
    bring(page, "a.jpg", "b.jpg")

    expect(page.get_by_role("status").first).to_contain_text("Das waren 2 Dateien")
