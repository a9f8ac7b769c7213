"""Languages of the pages: complete catalogues, none of the text outside of them."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import requests

from udata_mediadb.dialects.pages.colour_words import WORDS, colour_word
from udata_mediadb.dialects.pages.languages import NAMES
from udata_mediadb.recognition.colors.css import COLOURS

from ..fixtures import Tenant, new_tenant
from ..images import encoded
from ..portal import Portal

REPOSITORY = Path(__file__).parents[2]
TEMPLATES = REPOSITORY / "udata_mediadb/dialects/pages/templates/mediadb"
# Names, and what is the same everywhere: commands, keys of the keyboard.
NO_TEXT = re.compile(r"udata-mediadb|<kbd>.*?</kbd>|<pre.*?</pre>|https://", re.DOTALL)
SEARCH = {
    "en": "Search by image",
    "fr": "Recherche par image",
    "de": "Suche mit Bild",
    "lb": "Mat engem Bild sichen",
}


@pytest.fixture(scope="module")
def public(portal: Portal) -> Tenant:
    return new_tenant(portal, public=True, name="Archive")


def heading(portal: Portal, public: Tenant, **arguments: object) -> str:
    url = f"{portal.url}/mediadb/search?application={public.application}"
    answer = requests.get(url, timeout=300, **arguments)  # type: ignore[arg-type]
    found = re.search(r"<html lang=\"(\w+)\">.*<h1>(.*?)</h1>", answer.text, re.DOTALL)
    assert found is not None, answer.text
    assert SEARCH[found[1]] == found[2]
    return found[1]


def test_catalogues_are_complete_and_have_the_placeholders_of_the_english() -> None:
    command = [sys.executable, REPOSITORY / "tools/catalogues.py", "--check"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda p: p.name)
def test_templates_hold_no_text_that_is_not_translated(template: Path) -> None:
    text = NO_TEXT.sub("", template.read_text(encoding="utf-8"))
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)
    shown = re.findall(r"(?:aria-label|alt|title|placeholder)=\"([^\"]*)\"", text)
    shown.append(re.sub(r"<[^>]*>", " ", text))

    assert not [one.strip() for one in shown if re.search(r"[A-Za-z]{2,}", one)]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("fr-CH, de;q=0.5", "fr"),
        ("de-AT", "de"),
        ("lb, fr;q=0.9", "lb"),
        ("ja, pt;q=0.9", "en"),
        ("", "en"),
        ("not a header;;q", "en"),
    ],
)
def test_pages_speak_what_the_browser_accepts(
    portal: Portal, public: Tenant, accepted: str, language: str
) -> None:
    assert heading(portal, public, headers={"Accept-Language": accepted}) == language


def test_what_is_chosen_in_the_frame_is_remembered(portal: Portal, public: Tenant) -> None:
    with requests.Session() as browser:
        browser.headers["Accept-Language"] = "fr"
        path = f"{portal.url}/mediadb/search?application={public.application}"
        links = re.findall(r'href="([^"]+lang=\w\w)"', browser.get(path, timeout=300).text)
        chosen = next(link for link in links if link.endswith("lang=de"))
        browser.get(portal.url + chosen.replace("&amp;", "&"), timeout=300)

        assert len(links) == len(NAMES)
        assert SEARCH["de"] in browser.get(path, timeout=300).text


def test_an_unknown_language_is_none(portal: Portal, public: Tenant) -> None:
    url = f"{portal.url}/mediadb/search?application={public.application}&lang=../xx"

    assert "<h1>Search by image</h1>" in requests.get(url, timeout=300).text


def test_each_colour_has_a_word_in_each_language(portal: Portal) -> None:
    assert set(WORDS) == {name.replace("grey", "gray") for name in COLOURS}
    for language, sky in (("en", "sky blue"), ("fr", "bleu ciel"), ("de", "himmelblau")):
        with portal.app.test_request_context(f"/mediadb/?lang={language}"):
            assert colour_word("skyblue") == sky
            assert colour_word("darkslategrey") == colour_word("darkslategray")
            assert colour_word("#123456") == "#123456"


def test_the_colours_of_a_picture_are_named_in_the_language_of_the_page(portal: Portal) -> None:
    tenant = new_tenant(portal, public=True, signatures=["colors"])
    blue = np.full((64, 96, 3), (135, 206, 235), dtype=np.uint8)
    media = tenant.client.add(tenant.application, encoded(blue))["id"]
    url = f"{portal.url}/mediadb/{tenant.application}/{media}"
    shown = requests.get(url, params={"lang": "lb"}, timeout=300).text

    assert "himmelblo" in shown
    assert "skyblue" not in shown
