"""What was typed is not lost, whatever happens between typing and storing."""

import re

from playwright.sync_api import Page, expect

from ..auth.local import PASSWORD
from ..fixtures import Tenant
from ..images import jpeg
from .visiting import Visitors, live, press
from .world import World

AGAIN = "What you typed is here again: look at it, then send it once more."


def described(owner: Tenant, seed: int) -> str:
    """The form of a picture of its own."""
    media = owner.client.add(owner.application, jpeg(seed), name=f"described {seed}")["id"]
    return f"/mediadb/{owner.application}/{media}/edit"


def save(page: Page) -> None:
    page.locator("main").get_by_role("button", name="Save").click()


def back_to_the_form(page: Page) -> None:
    page.get_by_role("link", name="Back to the form, with what you typed").click()
    expect(page.get_by_role("status").first).to_have_text(AGAIN)


def test_a_refused_form_names_its_field_and_keeps_what_was_typed(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window(world.owner.user)
    form = described(world.owner, 400)
    page.goto(form)
    live(page).get_by_label("Description").fill("ten minutes of work")
    page.get_by_label("Taken").fill("yesterday")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Taken: a date such as 1932")
    back_to_the_form(page)
    expect(page.get_by_label("Description")).to_have_value("ten minutes of work")
    page.get_by_label("Taken").fill("1932")
    save(page)
    page.wait_for_url(re.compile(r"/[0-9a-f-]{36}$"))
    page.goto(form)

    expect(live(page).get_by_role("status").first).to_have_text("")
    expect(page.get_by_label("Description")).to_have_value("ten minutes of work")


def test_who_was_slower_keeps_the_own_words_and_sees_those_of_the_other(
    visitors: Visitors, world: World
) -> None:
    form = described(world.owner, 401)
    slow, fast = visitors.window(world.owner.user), visitors.window(world.owner.user)
    for page, text in ((slow, "of the slow"), (fast, "of the fast")):
        page.goto(form)
        live(page).get_by_label("Description").fill(text)
    fast.get_by_label("Title").fill("A title")
    save(fast)
    fast.wait_for_url(re.compile(r"/[0-9a-f-]{36}$"))
    save(slow)
    back_to_the_form(slow)

    expect(slow.get_by_label("Description")).to_have_value("of the slow")
    expect(slow.get_by_label("Title", exact=True)).to_have_value("A title")
    expect(slow.get_by_text("Meanwhile somebody wrote here: of the fast")).to_be_visible()


def test_a_session_that_ends_while_somebody_types_costs_no_word(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window(world.owner.user)
    page.goto(described(world.owner, 402))
    live(page).get_by_label("Description").fill("before the session ended")
    page.context.clear_cookies()
    save(page)
    expect(page.get_by_text("What you typed is kept in this window")).to_be_visible()
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.locator("input[name=login], input[name=email]").fill(world.owner.user.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/edit*")

    expect(page.get_by_role("status").first).to_have_text(AGAIN)
    expect(page.get_by_label("Description")).to_have_value("before the session ended")


def test_what_takes_long_is_on_its_way_and_says_so(visitors: Visitors, world: World) -> None:
    page = visitors.window()
    page.goto(f"/mediadb/search?application={world.library}")
    live(page)
    # an answer without a page: this one stays, as while a slow one is waited for
    page.route("**/mediadb/search", lambda one: one.fulfill(status=204))
    page.get_by_label("or give its address on the web").fill("https://nowhere.invalid/a.jpg")
    page.get_by_role("button", name="Search", exact=True).click()

    expect(page.get_by_role("status").first).to_have_text("Sent; one moment please.")


def test_who_decides_after_somebody_else_is_led_back_to_the_groups(
    visitors: Visitors, world: World
) -> None:
    twins = world.with_twins(1)
    first, second = visitors.window(world.owner.user), visitors.window(world.owner.user)
    first.goto(f"/mediadb/{twins}/duplicates")
    first.get_by_role("button", name="Compare all pictures now").click()
    # of itself: the page looks how far it is
    expect(first.get_by_text("1 group", exact=False).first).to_be_visible()
    expect(first.locator("#progress")).to_have_count(0)
    second.goto(f"/mediadb/{twins}/duplicates")
    live(second)
    with first.expect_navigation():
        press(first, "m")
    with second.expect_navigation():
        press(second, "m")
    expect(second.get_by_role("heading", level=1)).to_have_text("Somebody was faster")
    second.get_by_role("link", name="Back to the page").click()

    expect(second.get_by_role("heading", level=1)).to_have_text("Duplicates")


def test_what_one_typed_is_not_shown_to_the_next_at_the_same_window(
    visitors: Visitors, world: World
) -> None:
    page = visitors.window(world.owner.user)
    page.goto("/mediadb/applications/")
    live(page).get_by_label("Name", exact=True).fill("a private thought")
    page.context.clear_cookies()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_text("What you typed is kept in this window")).to_be_visible()
    page.goto("/mediadb/sign-in?next=/mediadb/applications/")
    page.locator("input[name=login], input[name=email]").fill(world.stranger.user.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/applications/*")

    expect(live(page).get_by_label("Name", exact=True)).to_have_value("")


def test_a_second_click_sends_nothing_twice(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    page.goto(world.pages["collections"])
    live(page).get_by_text("New collection").click()
    page.get_by_label("Name", exact=True).fill("once")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    with page.expect_navigation():
        page.evaluate(
            """() => { const one = [...document.querySelectorAll("main button")]
            .find((button) => button.textContent === "Create"); one.click(); one.click(); }"""
        )
    page.goto(world.pages["collections"])

    expect(page.get_by_role("link", name="once", exact=True)).to_have_count(1)
    assert len(sent) == 1
