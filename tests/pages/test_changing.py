"""Pages on which pictures, collections and rules are changed."""

import re
from html import unescape

from udata_mediadb.search.rules.models import PictureRule

from ..auth.local import tenant_with_password
from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..portal import Portal
from .browser import HOSTILE, Browser, text_of

pytestmark = plain_only  # udata signs in on pages of its own


def test_rules_show_what_they_find_before_they_are_kept(browser: Browser, portal: Portal) -> None:
    private = tenant_with_password(portal)
    private.client.add(private.application, jpeg(80), name="a secret")
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


def test_a_keyword_is_not_compared_in_size(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/smart/new"
    rules = {"how": "all", "field": "keyword", "operation": "lte", "value": "bridge"}
    shown = browser.get(path, params=rules)
    kept = browser.send(path, path, data=rules)

    assert (shown.status_code, kept.status_code) == (200, 400)
    assert "A keyword has no size" in text_of(shown)
    assert "A keyword has no size" in text_of(kept)
    odd = {**rules, "operation": "is", "how": "some"}
    assert browser.send(path, path, data=odd).status_code == 400


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


def test_pictures_are_added_described_deleted_and_brought_back(
    browser: Browser, private: Tenant
) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/"
    files = [("image", ("new.jpg", jpeg(81))), ("image", ("no.jpg", b"no picture"))]
    some = browser.send(path + "add", path + "add", data={"keywords": "fresh"}, files=files)
    shown = browser.get(path, params={"keyword": "fresh"})
    link = re.search(r'href="([^"?]+)[^"]*">\s*<img', shown.text)
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


def test_a_form_changes_what_was_changed_in_it_and_nothing_of_others(
    browser: Browser, portal: Portal
) -> None:
    own = tenant_with_password(portal)
    media = own.client.add(own.application, jpeg(86), keywords='["river, wide", "old"]')
    edit = f"/mediadb/{own.application}/{media['id']}/edit"
    browser.sign_in(own.user.email)
    shown = form_of(browser.get(edit).text)
    mine = browser.send(edit, edit, data={**shown, "title": "Mine"})
    late = browser.send(edit, edit, data={**shown, "title": "Yours"})
    kept = own.client.get(f"media/{media['id']}/").json()

    assert shown["keywords"] == "river, wide, old"
    assert (mine.status_code, late.status_code) == (303, 412)
    assert "Somebody was faster" in text_of(late)
    assert (kept["title"], kept["keywords"]) == ("Mine", ["river, wide", "old"])


def form_of(page: str) -> dict[str, str]:
    """What the form of a picture has in its fields of one line."""
    fields = re.findall(r'<input [^>]*name="(\w+)"[^>]* value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields if name != "csrf_token"}


def test_a_collection_by_picture_is_shown_renamed_and_deleted_with_its_rules(
    browser: Browser, portal: Portal
) -> None:
    own = tenant_with_password(portal)
    made = own.client.add(own.application, jpeg(85))
    query = {"picture": {"media": made["id"], "signature": "match"}}
    told = {"application": own.application, "name": "Like it", "query": query}
    smart = own.client.post("smart_collections/", json=told).json()["id"]
    browser.sign_in(own.user.email)
    path = f"/mediadb/{own.application}/smart/{smart}/rules"
    page = browser.get(path)
    browser.send(path, path, data={"name": "Alike"})
    kept = own.client.get(f"smart_collections/{smart}/").json()
    browser.send(path, path, data={"do": "delete"})

    assert "mdb-alert" not in page.text
    assert re.search(r"\d pictures? meets? the rules now", text_of(page))  # a job looks at all
    assert (kept["name"], "picture" in kept["query"]) == ("Alike", True)
    with portal.app.app_context():
        assert PictureRule.objects(owner=smart).count() == 0
