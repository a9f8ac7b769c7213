"""Who sees which pages, before and after signing in."""

import re
from html import unescape
from urllib.parse import unquote

import pytest
import requests

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..portal import Portal
from .browser import Browser, text_of

pytestmark = plain_only  # udata signs in on pages of its own


def test_a_private_library_does_not_exist_for_others(
    browser: Browser, private: Tenant, public: Tenant
) -> None:
    own = {"application": private.application}
    media = private.client.get("media/", params=own).json()["data"][0]["id"]
    unknown = "0" * 32
    for path in ("/mediadb/{}/", "/mediadb/{}/" + media):
        answers = [browser.get(path.format(one)) for one in (private.application, unknown)]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert "a secret" not in answers[0].text
    through = browser.get(f"/mediadb/{public.application}/{media}")
    assert through.status_code in (401, 404)
    assert "a secret" not in through.text


def test_who_signs_in_sees_the_own_library_until_signing_out(
    browser: Browser, private: Tenant
) -> None:
    wrong = browser.sign_in(private.user.email, "wrong")
    right = browser.sign_in(private.user.email, after=f"/mediadb/{private.application}/")
    shown = browser.get(f"/mediadb/{private.application}/")
    out = browser.send("/mediadb/sign-out", "/mediadb/sign-out")
    after = browser.get(f"/mediadb/{private.application}/")

    assert wrong.status_code == 401
    assert "is not right" in text_of(wrong)
    assert (right.status_code, right.headers["Location"]) == (
        303, f"/mediadb/{private.application}/"
    )  # fmt: skip
    assert "HttpOnly" in right.headers["Set-Cookie"]
    assert "SameSite=Lax" in right.headers["Set-Cookie"]
    assert "a secret" in text_of(shown)
    assert out.status_code == 303
    assert after.status_code == 401


def test_a_stolen_cookie_ends_with_the_session(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    stolen = dict(browser.http.cookies)
    browser.send("/mediadb/sign-out", "/mediadb/sign-out")
    answer = requests.get(
        f"{browser.base}/mediadb/{private.application}/", cookies=stolen, timeout=300
    )

    assert answer.status_code == 401


@pytest.mark.parametrize("cookies", ["those of before", "none"])
def test_who_sends_a_form_after_the_session_ended_comes_back_to_its_page(
    browser: Browser, private: Tenant, cookies: str
) -> None:
    browser.sign_in(private.user.email)
    form = f"/mediadb/{private.application}/duplicates?kind=same"
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(form).text)
    before = dict(browser.http.cookies)
    browser.send("/mediadb/sign-out", "/mediadb/sign-out")
    browser.http.cookies.clear()
    if cookies == "those of before":
        browser.http.cookies.update(before)

    def sent(referer: str) -> requests.Response:
        return browser.http.post(
            f"{browser.base}/mediadb/{private.application}/duplicates",
            data={"csrf_token": token[1] if token else ""},
            headers={"Referer": referer},
            timeout=300,
        )

    answer = sent(browser.base + form)

    assert answer.status_code in (401, 403)
    assert ways_to_sign_in(answer) == {form}
    assert ways_to_sign_in(sent(f"https://evil.example{form}")) == {"/mediadb/"}


def ways_to_sign_in(answer: requests.Response) -> set[str]:
    """Where each of them leads afterwards."""
    found = re.findall(r'href="/mediadb/sign-in\?next=([^"]+)"', answer.text)
    return {unquote(unescape(one)) for one in found}


@pytest.mark.parametrize(
    "after",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", ""],
)
def test_signing_in_leads_to_no_other_site(browser: Browser, private: Tenant, after: str) -> None:
    answer = browser.sign_in(private.user.email, after=after)

    assert answer.headers["Location"] == "/mediadb/"


def test_a_search_of_somebody_else_has_ended_for_others(
    browser: Browser, portal: Portal, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    sent = browser.search(private.application, jpeg(80))
    own = browser.get(sent.headers["Location"])
    other = Browser(portal).get(sent.headers["Location"])

    assert "a secret" in text_of(own)
    assert other.status_code in (401, 404)
    assert "a secret" not in other.text
