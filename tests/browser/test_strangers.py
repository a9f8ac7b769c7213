"""What others wrote, others' sites and others' libraries, as a browser meets them."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from playwright.sync_api import Page, expect

from .visiting import Visitors
from .world import HOSTILE, World, part


def test_what_others_wrote_is_text_and_runs_nothing(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    page.on("dialog", lambda dialog: visitors.faults.append(f"a dialog: {dialog.message}"))
    for name in ("pictures", "hostile", "collections", "collection"):
        page.goto(world.pages[name])
        page.wait_for_load_state("networkidle")
        assert page.locator("main img[src=x]").count() == 0, name
        assert page.locator("main script").count() == 0, name
    page.goto(world.pages["hostile"])

    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE.strip())


def test_a_form_on_another_site_changes_nothing(visitors: Visitors, world: World) -> None:
    target = f"{visitors.base}/mediadb/{world.library}/collections/"
    html = f"""<form method=post action="{target}"><input name=name value=forged>
        <input name=csrf_token value=x></form><script>document.forms[0].submit()</script>"""
    page = visitors.window(world.owner.user)
    with elsewhere(html) as site, page.expect_navigation(url="**/collections/"):
        page.goto(site)
    listed = world.owner.client.get("collections/", params={"application": world.library}).json()

    expect(page.get_by_role("heading", level=1)).to_have_text("That is not allowed")
    assert "forged" not in {one["name"] for one in listed["data"]}


def test_the_libraries_of_others_look_like_none(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    own = {"application": world.stranger.application}
    media = world.stranger.client.get("media/", params=own).json()["data"][0]["id"]
    for path in (
        f"/mediadb/{world.stranger.application}/",
        f"/mediadb/{world.stranger.application}/{media}",
        f"/mediadb/{world.stranger.application}/keys",
        f"/mediadb/{world.stranger.application}/collections/",
        f"/mediadb/{world.library}/{media}",
    ):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404, path
        text = page.locator("main").inner_text()
        page.goto(f"/mediadb/{'0' * 32}/{'' if path.endswith('/') else 'x'}")
        assert page.get_by_role("heading", level=1).inner_text() in text
        assert "a secret" not in text


def test_a_session_that_ended_comes_back_to_its_page(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user)
    page.goto(world.pages["keys"])
    page.context.clear_cookies()
    page.reload()
    page.locator("main").get_by_role("link", name="Sign in").click()
    login = page.locator("input[name=login], input[name=email]")
    login.fill(world.owner.user.email)
    page.fill("input[name=password]", "correct horse battery")
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**{world.pages['keys']}*")

    expect(page.get_by_role("heading", level=1)).to_contain_text("Rights and keys")


@contextmanager
def searched_elsewhere(visitors: Visitors, world: World, begin: str = "") -> Iterator[Page]:
    """A page of another site, with the snippet, in which a picture was chosen."""
    found = world.owner.client.get(f"applications/{world.library}/").json()
    html = f"""<!doctype html>{begin}<meta charset=utf-8><title>x</title>
        <script type=module src="{visitors.base}/mediadb/static/embed.js"></script>
        <mediadb-search library="{world.library}" key="{found["public_key"]}"></mediadb-search>"""
    page = visitors.window()
    with elsewhere(html) as site:
        page.goto(site)
        files = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": part(142)}
        page.set_input_files("input[type=file]", files=[files])
        yield page


def test_a_page_of_another_site_searches_with_the_snippet(visitors: Visitors, world: World) -> None:
    with searched_elsewhere(visitors, world) as page:
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("article").first).to_contain_text("picture 142")
        page.get_by_role("link", name="picture 142").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("picture 142")


def test_the_snippet_speaks_the_language_of_its_page(visitors: Visitors, world: World) -> None:
    with searched_elsewhere(visitors, world, '<html lang="de-LU">') as page:
        page.get_by_role("button", name="Suchen").click()

        expect(page.get_by_role("article").first).to_contain_text("Das gleiche Bild")


def test_the_bookmark_searches_for_a_picture_of_another_site(
    visitors: Visitors, world: World
) -> None:
    about = visitors.window()
    about.goto("/mediadb/about")
    script = about.locator('a[href^="javascript:"]').get_attribute("href") or ""
    shown = f"{visitors.base}/mediadb/static/icon.svg"
    html = f"""<!doctype html><meta charset=utf-8><title>x</title>
        <img src="{shown}?1" width=120 height=120><img src="{shown}?2" width=120 height=120>"""
    page = visitors.window()
    with elsewhere(html) as site:
        page.goto(site)
        page.evaluate(
            "for (const one of document.images)"
            " Object.defineProperty(one, 'naturalWidth', {value: 120})"
        )
        page.evaluate(unquote(script.removeprefix("javascript:")))
        with page.expect_popup() as opened:
            page.get_by_role("dialog").get_by_role("button").nth(1).click()
        opened.value.wait_for_load_state()
        address = opened.value.get_by_label("or give its address on the web").input_value()

    assert address == f"{shown}?2"


@contextmanager
def elsewhere(html: str) -> Iterator[str]:
    """A page on another site: localhost is none of 127.0.0.1's."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_arguments: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
