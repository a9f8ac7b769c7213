"""Pages keep their shape: with names of 900 letters, very wide pictures, on paper."""

import pytest
from playwright.sync_api import Page

from ..images import encoded, jpeg, photo
from .test_every_page import WIDTHS, wider_than_the_window
from .visiting import Visitors, live
from .world import World

LONG = "L" * 890 + " <b>مكتبة"


@pytest.mark.parametrize("width", WIDTHS)
def test_long_names_of_libraries_and_collections_fit(
    visitors: Visitors, world: World, width: str
) -> None:
    client = world.owner.client
    library = client.post("applications/", json={"name": LONG, "public": True}).json()["id"]
    media = client.add(library, jpeg(410), name=LONG)["id"]
    client.post("collections/", json={"application": library, "name": LONG})
    page = visitors.window(world.owner.user, viewport=WIDTHS[width])
    own = f"/mediadb/{library}"
    paths = ["/", f"/{media}", f"/{media}/edit", "/keys", "/collections/", "/import", "/deleted"]
    for path in [*(own + one for one in paths), f"/mediadb/search?application={library}"]:
        page.goto(path)
        assert not wider_than_the_window(page), path
    client.delete(f"applications/{library}/")


def test_a_very_wide_picture_is_whole_in_the_list_and_no_wider_than_others(
    visitors: Visitors, world: World
) -> None:
    owner = world.owner
    wide = encoded(photo(411, width=4000, height=200))
    owner.client.add(owner.application, wide, name="a panorama", keywords="panorama")
    owner.client.add(owner.application, jpeg(412), name="beside it", keywords="panorama")
    page = visitors.window()
    page.goto(f"/mediadb/{world.library}/?keyword=panorama")
    fits = (
        page.locator("li", has_text="a panorama")
        .locator("img")
        .evaluate("(e) => getComputedStyle(e).objectFit")
    )
    boxes = [box for one in page.locator(".mdb-grid li").all() if (box := one.bounding_box())]

    assert fits == "contain"
    assert boxes[0]["y"] == boxes[1]["y"]


def test_paper_has_dark_letters_and_no_menus(visitors: Visitors, world: World) -> None:
    page = visitors.window(color_scheme="dark")
    page.goto(world.pages["picture"])
    live(page)
    assert lightness(page) > 0.5
    page.emulate_media(media="print", color_scheme="dark")

    assert lightness(page) < 0.3
    assert page.get_by_role("heading", level=1).is_visible()
    for name in (".mdb-nav", ".mdb-foot", "main button"):
        assert not page.locator(name).first.is_visible()


def lightness(page: Page) -> float:
    """Of the letters, 0 to 1."""
    return float(
        page.locator("body").evaluate(
            "(e) => getComputedStyle(e).color.match(/\\d+/g).slice(0, 3)"
            ".reduce((sum, one) => sum + Number(one), 0) / 765"
        )
    )
