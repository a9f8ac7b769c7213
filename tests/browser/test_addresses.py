"""Back, reload and a link that is sent show the same; without JavaScript as well."""

import pytest
from playwright.sync_api import Page, expect

from .visiting import Visitors
from .world import World, part

JAVASCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])


def search(page: Page, world: World, seed: int) -> None:
    page.goto(f"/mediadb/search?application={world.library}")
    files = {"name": "part.jpg", "mimeType": "image/jpeg", "buffer": part(seed)}
    page.set_input_files("input[type=file]", files=[files])
    page.get_by_role("button", name="Search", exact=True).click()
    page.wait_for_url("**/search/*")


def shown(page: Page) -> str:
    return page.locator("main").inner_text()


@JAVASCRIPT
def test_the_pictures_are_narrowed_and_come_back(
    visitors: Visitors, world: World, script: bool
) -> None:
    page = visitors.window(java_script_enabled=script)
    page.goto(world.pages["pictures"])
    before = shown(page)
    page.get_by_label("Words").fill("143")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("1 picture", exact=False).first).to_be_visible()
    page.wait_for_url("**q=143*")
    narrowed = shown(page)
    page.reload()
    assert shown(page) == narrowed
    other = visitors.window(java_script_enabled=not script)
    other.goto(page.url)
    assert shown(other) == narrowed
    page.go_back()
    page.wait_for_url(f"**{world.pages['pictures']}")
    expect(page.get_by_text("11 pictures")).to_be_visible()

    assert shown(page) == before


@JAVASCRIPT
def test_tabs_and_the_proof_come_back(visitors: Visitors, world: World, script: bool) -> None:
    page = visitors.window(java_script_enabled=script)
    search(page, world, 141)
    before = shown(page)
    page.get_by_role("link", name="Looks alike").click()
    page.wait_for_url("**signatures=similarity*")
    expect(page.get_by_role("link", name="Looks alike")).to_have_attribute("aria-current", "page")
    if script:
        expect(page.locator("#content")).to_be_focused()
    page.go_back()
    page.wait_for_url("**/search/*")
    expect(page.get_by_role("link", name="All", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    assert shown(page) == before
    page.get_by_role("link", name="Compare").first.click()
    page.wait_for_url("**/compare/*")
    proof = shown(page)
    page.reload()

    assert shown(page) == proof
    assert "agreeing points" in proof


def test_without_javascript_everything_can_be_done(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user, java_script_enabled=False)
    search(page, world, 142)
    expect(page.get_by_role("article").first).to_contain_text("picture 142")
    page.get_by_role("link", name="Compare").first.click()
    page.get_by_role("link", name="Slide").click()
    expect(page.get_by_alt_text("The stored picture laid over yours.")).to_be_visible()
    page.goto(world.pages["collections"])
    page.get_by_text("New collection", exact=True).click()
    page.get_by_label("Name").fill("By hand")
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("By hand")
    page.goto(f"/mediadb/{world.library}/smart/new")
    page.get_by_label("Value").first.fill("river")
    page.get_by_role("button", name="Count, and one more rule").click()
    expect(page.get_by_text("5 pictures meet the rules now")).to_be_visible()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("river")
