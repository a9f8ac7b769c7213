"""Forms that are refused: said where they are, with what was typed."""

import re

import pytest

from udata_mediadb.dialects.pages.figures import figure, size_in_words

from ..fixtures import Tenant
from ..hosts import plain_only
from ..portal import Portal
from .browser import Browser, text_of


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:22/x.jpg", "Port 22 is not one"),
        ("nowhere.invalid/x.jpg", "host has no public address"),  # as people write it
        ("ftp://nowhere.invalid/x.jpg", "not 'ftp'"),
        ("", "Choose a picture, or give the address of one."),
    ],
)
def test_a_search_that_is_refused_is_the_form_again(
    browser: Browser, public: Tenant, address: str, said: str
) -> None:
    data = {"application": public.application, "url": address}
    answer = browser.send("/mediadb/search", "/mediadb/search", data=data)

    assert answer.status_code == 400
    assert said in text_of(answer)
    assert f'name="url" inputmode="url" placeholder="https://" value="{address}"' in answer.text


def test_what_is_no_picture_is_said_above_the_form(browser: Browser, public: Tenant) -> None:
    answer = browser.search(public.application, b"%PDF-1.4\n" * 50)

    assert answer.status_code == 415
    assert "This is a PDF" in text_of(answer)
    assert "Save it as JPEG" in text_of(answer)
    assert 'type="file" name="image"' in answer.text


@plain_only
def test_who_mistypes_the_password_types_that_alone_again(
    browser: Browser, private: Tenant
) -> None:
    answer = browser.sign_in(private.user.email, "wrong")

    assert f'value="{private.user.email}"' in answer.text
    assert "wrong" not in answer.text


@plain_only
def test_a_library_that_nothing_searches_is_refused(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    page = "/mediadb/applications/"
    none = browser.send(page, page, data={"name": "Of nothing"})
    some = browser.send(page, page, data={"name": "Of colours", "signatures": "colors"})

    assert none.status_code == 400
    assert "Choose at least one way to search." in text_of(none)
    assert some.status_code == 303
    assert "Of nothing" not in text_of(browser.get(page))


@plain_only
def test_keywords_stay_where_a_picture_could_not_be_added(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    page = f"/mediadb/{private.application}/add"
    files = {"image": ("no.jpg", b"%PDF-1.4")}
    answer = browser.send(page, page, data={"keywords": "river, bridge"}, files=files)

    assert answer.status_code == 400
    assert 'name="keywords" value="river, bridge"' in answer.text


@plain_only
@pytest.mark.parametrize("form", [{"do": "named", "name": "for one", "scopes": "search"},
                                  {"do": "new", "kind": "public"}])  # fmt: skip
def test_a_form_for_a_key_that_is_sent_again_makes_no_second_one(
    browser: Browser, private: Tenant, form: dict[str, str]
) -> None:
    browser.sign_in(private.user.email)
    page = f"/mediadb/{private.application}/keys"
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(page).text)
    assert seen is not None
    data = {**form, "seen": seen[1]}
    first = browser.send(page, page, data=data)
    listed = re.findall(r'name="kind" value="\w{32}"|id="public-key">\w+', browser.get(page).text)
    again = browser.send(page, page, data=data)

    assert (first.status_code, again.status_code) == (200, 409)
    assert listed == re.findall(
        r'name="kind" value="\w{32}"|id="public-key">\w+', browser.get(page).text
    )


@pytest.mark.parametrize(
    ("language", "number", "size"),
    [
        ("en", "1,204.5", "3.2 MB"),
        ("fr", "1\u202f204,5", "3,2 Mo"),
        ("de", "1.204,5", "3,2 MB"),
        ("lb", "1.204,5", "3,2 MB"),
    ],
)
def test_figures_are_written_as_the_language_does(
    portal: Portal, language: str, number: str, size: str
) -> None:
    with portal.app.test_request_context(f"/mediadb/?lang={language}"):
        assert figure(1204.5, 1) == number
        assert size_in_words(3_200_000).replace("\u00a0", " ") == size


def test_small_and_even_sizes_have_no_decimals(portal: Portal) -> None:
    with portal.app.test_request_context("/mediadb/?lang=en"):
        assert size_in_words(0) == "0\u00a0B"
        assert size_in_words(999) == "999\u00a0B"
        assert size_in_words(32 << 20, binary=True) == "32\u00a0MB"
