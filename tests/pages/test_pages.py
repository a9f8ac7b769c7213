"""Pages as a browser without JavaScript uses them: looking and searching."""

import re
from html import unescape

import pytest

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from .browser import HOSTILE, Browser, crop, text_of

pytestmark = plain_only  # udata signs in on pages of its own


def test_pictures_are_shown_in_pages_and_found_by_words(browser: Browser, public: Tenant) -> None:
    everything = browser.get(f"/mediadb/{public.application}/")
    one = browser.get(f"/mediadb/{public.application}/", params={"q": "71"})

    assert everything.status_code == 200
    assert "4 pictures" in text_of(everything)
    assert everything.text.count("<img src=") == 4
    assert "1 picture" in text_of(one)
    assert "picture 71" in text_of(one)


def test_a_picture_is_shown_with_what_is_known_of_it(browser: Browser, public: Tenant) -> None:
    page = browser.get(f"/mediadb/{public.application}/")
    link = re.search(r'href="([^"]+)">\s*<img[^>]+>\s*<span><bdi>picture 70', page.text)
    assert link is not None
    shown = browser.get(link[1])
    text = text_of(shown)

    assert "picture 70" in text
    assert "bridge" in text
    assert "640 × 480" in text
    assert "Colours" in text


def test_a_dropped_picture_is_searched_shown_and_compared(browser: Browser, public: Tenant) -> None:
    sent = browser.search(public.application, crop(71))
    assert sent.status_code == 303
    assert re.fullmatch(r"/mediadb/search/[\w-]{32}", sent.headers["Location"])
    results = browser.get(sent.headers["Location"])
    article = re.search(r"<article.*?</article>", results.text, re.DOTALL)
    assert article is not None
    compare = re.search(r'href="([^"]+)">Compare', article[0])
    assert compare is not None
    proof = browser.get(compare[1])

    assert "picture 71" in article[0]
    assert "The same picture, wholly or in part" in article[0]
    assert proof.status_code == 200
    assert proof.text.count('<polygon class="mdb-box"') == 2
    assert "agreeing points" in proof.text
    assert browser.get(f"{sent.headers['Location']}/copy").headers["Content-Type"] == "image/jpeg"


def test_the_form_of_the_search_is_what_scripts_expect(browser: Browser, public: Tenant) -> None:
    page = browser.get("/mediadb/search").text
    (form,) = re.findall(r"<form.*?</form>", page, re.DOTALL)

    assert form.count('type="file"') == 1
    assert 'name="image"' in form
    assert re.search(r'type="text" name="url"', form)
    assert 'type="submit"' in form


def test_the_page_of_a_search_has_one_form_also_for_who_has_signed_in(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)

    assert browser.get("/mediadb/search").text.count("<form") == 1


def test_a_stored_picture_is_looked_for_from_its_page(browser: Browser, public: Tenant) -> None:
    media = public.client.get("media/", params={"q": "72"}).json()["data"][0]["id"]
    path = f"/mediadb/{public.application}/{media}"
    sent = browser.send(
        path, "/mediadb/search", data={"application": public.application, "media": media}
    )
    results = browser.get(sent.headers["Location"], params={"signatures": "match"})

    assert "picture 72" in text_of(results)
    assert "The same picture" in text_of(results)


# what is sent, and what the page says of it
REFUSED = [
    ({}, None, 400, "Choose a picture"),
    ({}, b"hello", 415, "Not an image"),
    ({}, b"%PDF-1.4\n", 415, "This is a PDF"),
    ({"url": "http://169.254.169.254/x.jpg"}, None, 400, "address"),
]


@pytest.mark.parametrize(("fields", "picture", "status", "words"), REFUSED)
def test_what_cannot_be_searched_is_said_in_words_with_a_way_on(
    browser: Browser, public: Tenant, fields: dict, picture: bytes | None, status: int, words: str
) -> None:
    files = {"image": ("a", picture)} if picture is not None else {"image": ("", b"")}
    sent = browser.send(
        "/mediadb/search",
        "/mediadb/search",
        data={"application": public.application, **fields},
        files=files,
    )

    assert sent.status_code == status
    assert words in text_of(sent)
    assert "/mediadb/search" in sent.text
    assert sent.headers["Content-Type"].startswith("text/html")


def test_forms_of_other_sites_are_refused(browser: Browser, public: Tenant) -> None:
    form = {"application": public.application}
    files = {"image": ("a.jpg", jpeg(1))}
    bare = browser.http.post(browser.base + "/mediadb/search", data=form, files=files, timeout=300)
    foreign = browser.send(
        "/mediadb/search",
        "/mediadb/search",
        data=form,
        files=files,
        headers={"Origin": "https://evil.example"},
    )

    assert bare.status_code == 403
    assert foreign.status_code == 403


def test_names_of_strangers_are_only_text(browser: Browser, public: Tenant) -> None:
    pages = [browser.get(f"/mediadb/{public.application}/")]
    sent = browser.search(public.application, jpeg(73), name=HOSTILE)
    pages.append(browser.get(sent.headers["Location"]))

    for page in pages:
        assert "<img src=x" not in page.text
        assert HOSTILE in unescape(page.text)


def test_nothing_on_a_page_needs_more_than_its_policy_allows(
    browser: Browser, public: Tenant
) -> None:
    sent = browser.search(public.application, crop(70))
    for path in (f"/mediadb/{public.application}/", "/mediadb/search", sent.headers["Location"]):
        page = browser.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "private, no-store"
        assert not re.search(r"<script(?![^>]* src=)", page.text)
        assert not re.search(r"<[^>]*\s(style|on\w+)=", page.text)
