"""Every page: no fault that a machine finds, at every width, in both looks, in every language."""

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from ..hosts import plain_only
from .visiting import DESK, PHONE, Visitors, axe
from .world import World, part

NODE = Path(__file__).with_name("node")
WIDTHS = {"desk": DESK, "phone": PHONE, "narrow": {"width": 320, "height": 700}}
LOOKS = [("desk", "light"), ("phone", "dark"), ("desk", "dark"), ("narrow", "light")]
NARROWED = (
    *("narrowed", "nothing", "ways", "removed", "in colours", "in a list"),
    *("alike", "colours", "slide", "blink", "difference"),
)
LANGUAGES = ("en", "fr", "de", "lb")


@pytest.fixture(scope="session")
def node() -> Path:
    """axe-core and html-validate as the lock file has them."""
    if not (NODE / "node_modules" / "axe-core").exists():
        options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(["npm", *options], cwd=NODE, check=True, timeout=900)
    return NODE / "node_modules"


@pytest.fixture(scope="session")
def axe_source(node: Path) -> str:
    return (node / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_and_reports_nothing(
    visitors: Visitors, world: World, axe_source: str, width: str, scheme: str
) -> None:
    page = visitors.window(world.owner.user, viewport=WIDTHS[width], color_scheme=scheme)
    trouble: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    for name, path in all_pages(page, world).items():
        page.goto(path)
        found = [*axe(page, axe_source), *wider_than_the_window(page)]
        titles[name] = page.title()
        if found:
            trouble[name] = found

    assert not trouble, json.dumps(trouble, indent=1)
    # a page that is narrowed has the title of the whole one
    others = [title for name, title in titles.items() if name not in NARROWED]
    assert len(set(others)) == len(others), others


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_page_is_accessible_in_every_language(
    visitors: Visitors, world: World, axe_source: str, language: str
) -> None:
    page = visitors.window(world.owner.user, viewport=PHONE, locale=language)
    trouble = {}
    for name, path in all_pages(page, world).items():
        page.goto(path)
        found = [*axe(page, axe_source), *wider_than_the_window(page)]
        if page.get_attribute("html", "lang") != language:
            found.append(f"speaks {page.get_attribute('html', 'lang')}")
        if found:
            trouble[name] = found

    assert not trouble, json.dumps(trouble, indent=1)


def test_every_page_is_valid_html(
    visitors: Visitors, world: World, node: Path, tmp_path: Path
) -> None:
    page = visitors.window(world.owner.user, java_script_enabled=False)
    for name, path in all_pages(page, world).items():
        source = page.request.get(path).text()
        (tmp_path / f"{name}.html").write_text(source, encoding="utf-8")
    command = [node / ".bin" / "html-validate", "--config", NODE.parent / "html-validate.json"]
    done = subprocess.run(
        [*command, *sorted(tmp_path.glob("*.html"))],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_moves_while_a_page_is_loaded(visitors: Visitors, world: World) -> None:
    for viewport in (DESK, PHONE):
        page = visitors.window(viewport=viewport)
        page.add_init_script(
            "new PerformanceObserver((list) => { for (const e of list.getEntries())"
            " if (!e.hadRecentInput) window.moved = (window.moved || 0) + e.value; })"
            ".observe({type: 'layout-shift', buffered: true});"
        )
        for name in ("pictures", "picture", "search"):
            page.goto(world.pages[name])
            page.wait_for_load_state("networkidle")
            assert page.evaluate("window.moved || 0") < 0.01, name


def test_the_first_view_is_small(visitors: Visitors, world: World) -> None:
    page = visitors.window()
    sizes: list[tuple[str, int]] = []

    def note(response: object) -> None:
        kind = response.request.resource_type  # type: ignore[attr-defined]
        if kind in ("document", "stylesheet", "script"):
            sizes.append((response.url, len(gzip.compress(response.body()))))  # type: ignore[attr-defined]

    page.on("response", note)
    page.goto(world.pages["pictures"])
    page.wait_for_load_state("networkidle")

    assert len(sizes) <= 10
    assert sum(size for _, size in sizes) <= 60_000, sizes


@plain_only
def test_the_own_page_to_sign_in_is_accessible(
    visitors: Visitors, world: World, axe_source: str
) -> None:
    for viewport in (DESK, PHONE):
        page = visitors.window(viewport=viewport, color_scheme="dark")
        page.goto("/mediadb/sign-in")
        assert not axe(page, axe_source)
        page.fill("#login", "nobody@example.org")
        page.fill("#password", "wrong")
        page.press("#password", "Enter")
        page.wait_for_selector("[role=alert]")
        assert not axe(page, axe_source)


def all_pages(page: Page, world: World) -> dict[str, str]:
    """Those of the world, and those of a search of this window."""
    page.goto(f"/mediadb/search?application={world.library}")
    files = {"name": "part.jpg", "mimeType": "image/jpeg", "buffer": part(141)}
    page.set_input_files("input[type=file]", files=[files])
    page.click("form#search button[type=submit]")
    page.wait_for_url("**/search/*")
    results = page.url.partition("?")[0]
    compare = page.get_attribute("article >> a.mdb-link", "href") or ""
    return {
        **world.pages,
        "results": results,
        "alike": f"{results}?signatures=similarity",
        "colours": f"{results}?signatures=colors",
        "compare": compare,
        **{view: f"{compare}?view={view}" for view in ("slide", "blink", "difference")},
    }


def wider_than_the_window(page: Page) -> list[str]:
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"{over} px wider than the window"] if over > 0 else []


def test_text_of_twice_the_size_fits(visitors: Visitors, world: World) -> None:
    page = visitors.window(world.owner.user, viewport=DESK)
    trouble = {}
    for name, path in all_pages(page, world).items():
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        found = [*wider_than_the_window(page), *cut_off(page)]
        if found:
            trouble[name] = found

    assert not trouble, json.dumps(trouble, indent=1)


def cut_off(page: Page) -> list[str]:
    """Texts that their boxes hide a part of, but for names in the list, which are two lines."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("h1, h2, p, a, button, label, td, th, dd, li")]
        .filter((e) => getComputedStyle(e).overflow === "hidden"
            && e.clientHeight > 1 && e.scrollHeight > e.clientHeight + 2)
        .map((e) => `cut off: ${e.tagName} ${e.textContent.trim().slice(0, 40)}`)"""
    )
    return found
