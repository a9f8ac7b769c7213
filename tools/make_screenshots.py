"""Pictures of the pages for the docs: python tools/make_screenshots.py demo-data

Takes a running demo, and Playwright with a Chromium (MEDIADB_TEST_BROWSER, or chromium).
Makes docs/images/pages/*.jpg; look at them before you commit them.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images" / "pages"
SAMPLES = Path(__file__).parents[1] / "udata_mediadb" / "demo" / "samples"
DESK = {"width": 1180, "height": 760}
PHONE = {"width": 390, "height": 780}
TWINS = ("museum.jpg", "lifebuoy.jpg", "garden-wall.jpg")  # for the page of duplicates


def main() -> None:
    """Take them all."""
    facts = json.loads((Path(sys.argv[1]) / "demo.json").read_text(encoding="utf-8"))
    browser_path = os.environ.get("MEDIADB_TEST_BROWSER") or shutil.which("chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    twins = _twins(facts)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, viewport, scheme in (("desk", DESK, "light"), ("phone", PHONE, "dark")):
            context = browser.new_context(
                base_url=facts["base_url"],
                viewport=viewport,  # type: ignore[arg-type]
                color_scheme=scheme,  # type: ignore[arg-type]
                locale="en",
            )
            _take(context.new_page(), name, facts, twins)
        browser.close()
    held = _api(facts, "GET", "media/", params={"application": twins})["data"]
    _api(facts, "DELETE", "media/", json={"ids": [one["id"] for one in held], "force": True})
    _api(facts, "DELETE", f"applications/{twins}/")


def _take(page: Page, where: str, facts: dict[str, Any], twins: str) -> None:
    def shoot(name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / f"{name}-{where}.jpg", type="jpeg", quality=82)

    own = f"/mediadb/{facts['application']}"
    page.goto(f"{own}/")
    shoot("pictures")
    page.locator(".mdb-grid a").nth(3).click()
    shoot("picture")
    page.goto(f"{own}/colours?color=%232a5fb0&share=30&color=%23ffffff&share=20")
    shoot("colours")
    page.goto("/mediadb/search")
    shoot("search")
    page.get_by_role("link", name="Try it with this one").click()
    shoot("results")
    results = page.url
    page.get_by_role("link", name="Compare", exact=True).click()
    shoot("compare")
    page.get_by_role("link", name="Slide").click()
    page.locator(".mdb-overlay[data-live]").wait_for()
    shoot("slide")
    page.goto(f"{results}/why?q=church")
    page.locator(".mdb-grid a").first.click()
    shoot("why")
    page.goto("/mediadb/sign-in")
    page.fill("#login", facts["username"])
    page.fill("#password", facts["password"])
    page.press("#password", "Enter")
    page.wait_for_url("**/mediadb/*/")
    page.goto(f"/mediadb/{twins}/duplicates")
    for _ in range(60):
        if page.get_by_text(f"{len(TWINS)} groups").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    shoot("duplicates")
    page.goto(f"{own}/?narrow=more&keyword=building")
    shoot("narrowed")
    _shoot_deleted(page, facts, shoot)
    page.goto(f"{own}/import")
    names = ("museum.jpg", "lifebuoy.jpg", "query.jpg", "NOTICE")
    page.set_input_files("#files", [SAMPLES / name for name in names])
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("button", name="Import now").wait_for(timeout=60_000)
    shoot("import")
    page.goto(f"{own}/smart/new?how=all&field=keyword&operation=is&value=building")
    shoot("builder")


def _shoot_deleted(page: Page, facts: dict[str, Any], shoot: Callable[[str], None]) -> None:
    """Three are deleted, and are there again afterwards."""
    named = {"application": facts["application"], "page_size": 3, "sort": "name"}
    ids = [one["id"] for one in _api(facts, "GET", "media/", params=named)["data"]]
    _api(facts, "DELETE", "media/", json={"ids": ids})
    page.goto(f"/mediadb/{facts['application']}/deleted")
    shoot("deleted")
    _api(facts, "POST", "media/restore/", json={"ids": ids})


def _twins(facts: dict[str, Any]) -> str:
    """A library with pictures that are there twice, compared."""
    named = {"name": "Twice", "signatures": ["match", "colors"]}
    library = str(_api(facts, "POST", "applications/", json=named)["id"])
    for name in TWINS:
        for number in (1, 2):
            form = {"application": library, "name": f"{name.split('.')[0]} {number}"}
            files = {"image": (SAMPLES / name).read_bytes()}
            _api(facts, "POST", "media/", data=form, files=files)
    _api(facts, "POST", "duplicates/scan/", json={"application": library})
    return library


def _api(facts: dict[str, Any], method: str, path: str, **arguments: Any) -> Any:
    url = f"{facts['api_url']}mediadb/{path}"
    headers = {"X-API-KEY": facts["x_api_key"]}
    answer = requests.request(method, url, headers=headers, timeout=60, **arguments)
    answer.raise_for_status()
    return answer.json() if answer.content else None


if __name__ == "__main__":
    main()
