"""Pages as a browser without JavaScript uses them: links, forms, cookies."""

import re
from html import unescape

import pytest
import requests

from ..auth.local import PASSWORD, tenant_with_password
from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..images import encoded, jpeg, photo
from ..portal import Portal

HOSTILE = "<img src=x onerror=alert(1)> \"'&"

pytestmark = plain_only  # udata signs in on pages of its own


class Browser:
    """Cookies, redirects and forms."""

    def __init__(self, portal: Portal) -> None:
        self.base = portal.api.split("/api/")[0]
        self.http = requests.Session()

    def get(self, path: str, **arguments: object) -> requests.Response:
        return self.http.get(self.base + path, timeout=60, **arguments)

    def send(self, page: str, path: str, **arguments: object) -> requests.Response:
        """A form of `page`, with its token, sent to `path`."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        data = {"csrf_token": token[1] if token else "", **arguments.pop("data", {})}
        return self.http.post(
            self.base + path, data=data, timeout=60, allow_redirects=False, **arguments
        )

    def search(self, library: str, picture: bytes, name: str = "mine.jpg") -> requests.Response:
        return self.send(
            f"/mediadb/search?application={library}",
            "/mediadb/search",
            data={"application": library},
            files={"image": (name, picture)},
        )

    def sign_in(self, user: str, password: str = PASSWORD, after: str = "") -> requests.Response:
        form = {"login": user, "password": password, "next": after}
        return self.send("/mediadb/sign-in", "/mediadb/sign-in", data=form)


@pytest.fixture(scope="module")
def public(portal: Portal) -> Tenant:
    """A public library with three pictures, and one of a hostile name."""
    tenant = new_tenant(portal, public=True, signatures=["match", "colors"])
    for seed in (70, 71, 72):
        tenant.client.add(
            tenant.application, jpeg(seed), name=f"picture {seed}", keywords="bridge, old"
        )
    tenant.client.add(tenant.application, jpeg(73), name=HOSTILE, keywords=HOSTILE)
    return tenant


@pytest.fixture(scope="module")
def private(portal: Portal) -> Tenant:
    """A library that its owner alone may see."""
    tenant = tenant_with_password(portal)
    tenant.client.add(tenant.application, jpeg(80), name="a secret")
    return tenant


@pytest.fixture
def browser(portal: Portal) -> Browser:
    return Browser(portal)


def text_of(answer: requests.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def crop(seed: int) -> bytes:
    return encoded(photo(seed)[100:400, 150:550])


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


def test_rules_show_what_they_find_before_they_are_kept(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/smart/new"
    rules = {"how": "all", "field": "keyword", "operation": "not", "value": "bridge"}
    shown = browser.get(path, params=rules)
    kept = browser.send(path, path, data=rules)
    again = browser.get(f"{kept.headers['Location']}/rules")

    assert "1 picture meets the rules now" in text_of(shown)
    assert "a secret" in text_of(browser.get(kept.headers["Location"]))
    assert 'value="bridge"' in again.text
    assert '<option value="not" selected>' in again.text


def test_collections_are_made_moved_and_deleted(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/collections/"
    outer = browser.send(path, path, data={"name": HOSTILE}).headers["Location"]
    inner = browser.send(path, path, data={"name": "inner"}).headers["Location"]
    browser.send(inner, inner, data={"name": "inner", "parent": outer.rpartition("/")[2]})
    moved = browser.get(outer)
    browser.send(outer, outer, data={"do": "delete"})

    assert HOSTILE in unescape(moved.text)
    assert "<img src=x" not in moved.text
    assert f'href="{inner}"' in moved.text
    assert browser.get(outer).status_code == 404
    assert f'href="{inner}"' in browser.get(path).text


def test_a_new_key_is_shown_once_and_ended_by_name(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/keys"
    made = browser.send(path, path, data={"kind": "private", "do": "new"})
    key = re.search(r"mdp_\w+", made.text)
    assert key is not None
    unnamed = browser.send(path, path, data={"kind": "private", "do": "end"})

    assert key[0] not in browser.get(path).text
    assert unnamed.status_code == 400
    browser.http.cookies.clear()
    assert browser.get(path).status_code == 401


def test_a_key_for_one_client_may_only_what_was_ticked(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/keys"
    form = {"do": "named", "name": HOSTILE, "scopes": "search"}
    made = browser.send(path, path, data=form)
    key = re.search(r"mdn_[\w-]+", made.text)
    assert key is not None
    listed = browser.get(path)
    identifier = re.search(r'name="kind" value="(\w{32})"', listed.text)
    assert identifier is not None
    ended = browser.send(path, path, data={"do": "end", "kind": identifier[1]})

    assert HOSTILE in unescape(listed.text)
    assert key[0] not in listed.text
    assert ended.status_code == 303
    assert identifier[1] not in browser.get(path).text


def test_pictures_are_added_described_deleted_and_brought_back(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/"
    files = [("image", ("new.jpg", jpeg(81))), ("image", ("no.jpg", b"no picture"))]
    some = browser.send(path + "add", path + "add", data={"keywords": "fresh"}, files=files)
    shown = browser.get(path, params={"keyword": "fresh"})
    link = re.search(r'href="([^"]+)">\s*<img', shown.text)
    assert link is not None
    edit = link[1] + "/edit"
    told = {"name": "told", "title": "A title", "description": "", "keywords": "one, two"}
    browser.send(edit, edit, data=told)
    described = text_of(browser.get(link[1]))
    browser.send(edit, edit, data={"do": "delete"})
    gone = browser.get(link[1])
    browser.send(link[1], edit, data={"do": "restore"})

    assert some.status_code == 400
    assert "1 was stored" in text_of(some)
    assert "no.jpg" in text_of(some)
    assert "A title" in described
    assert "one , two" in described
    assert gone.status_code == 410
    assert "Bring it back" in text_of(gone)
    assert browser.get(link[1]).status_code == 200


def test_changes_need_the_right_and_a_form_of_ours(
    browser: Browser, public: Tenant, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    for path in ("collections/", "keys", "smart/new", "add", "x/edit"):
        url = f"/mediadb/{public.application}/{path}"
        assert browser.send("/mediadb/search", url, data={"name": "mine"}).status_code == 403
        own = f"/mediadb/{private.application}/{path}"
        assert browser.http.post(browser.base + own, data={"name": "x"}).status_code == 403


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
    bare = browser.http.post(browser.base + "/mediadb/search", data=form, files=files, timeout=60)
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
        f"{browser.base}/mediadb/{private.application}/", cookies=stolen, timeout=60
    )

    assert answer.status_code == 401


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
