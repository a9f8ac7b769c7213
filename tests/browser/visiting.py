"""Windows of a browser that note what goes wrong in them."""

import json
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from ..auth.local import PASSWORD
from ..hosts import HOST, Account
from ..portal import Portal

DESK = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# The browser itself says this of a page that is answered with an error, which some are to be.
EXPECTED = ("Failed to load resource: the server responded with a status of 4",)
_POLICY = """document.addEventListener("securitypolicyviolation",
    (e) => console.error("CSP report: " + e.violatedDirective + " " + e.blockedURI));"""


class Visitors:
    """Windows on a portal. `faults`: errors on consoles, and reports of the CSP."""

    def __init__(self, browser: Browser, portal: Portal) -> None:
        self.base = portal.url
        self.faults: list[str] = []
        self._browser = browser
        self._open: list[BrowserContext] = []

    def window(self, who: Account | None = None, **options: Any) -> Page:
        """A window of its own, on a desk where nothing else is said; signed in where `who` is."""
        context = self._browser.new_context(
            base_url=self.base, **{"viewport": DESK, "locale": "en-GB", **options}
        )
        context.set_default_timeout(240_000)
        context.add_init_script(_POLICY)
        self._open.append(context)
        page = context.new_page()
        if who is not None:
            sign_in(page, who)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        return page

    def close(self) -> None:
        for context in self._open:
            context.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            where = message.page.url if message.page else ""
            self.faults.append(f"{where}: {message.text}")


def sign_in(page: Page, who: Account) -> None:
    """By the page of the host: ours, or udata's own."""
    page.goto("/mediadb/sign-in?next=/mediadb/about")
    login = "email" if HOST == "udata" else "login"
    page.fill(f"input[name={login}]", who.email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/mediadb/about*")


def live(page: Page) -> Page:
    """The same page, once its scripts hear keys, drops, strokes and chosen files.

    What is shown may be seen before; so something of the new page is waited for first.
    """
    page.locator(".mdb-head[data-live]").wait_for(state="attached")
    expect(page.locator("[data-ready]:not([data-live])")).to_have_count(0)
    return page


def press(page: Page, *keys: str) -> None:
    """Keys of the page's own, pressed when it hears them."""
    live(page)
    for key in keys:
        page.keyboard.press(key)


def axe(page: Page, source: str) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, one line for each element."""
    page.evaluate(source)
    found = page.evaluate(
        "() => axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']})"
    )
    return [
        f"{one['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
