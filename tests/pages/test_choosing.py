"""P1: a list narrowed in every way, and many of its pictures changed or deleted at once."""

import re
from html import unescape

import pytest
import requests

from ..auth.local import tenant_with_password
from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import encoded, jpeg, photo
from ..portal import Portal
from .browser import Browser, text_of

pytestmark = plain_only  # udata signs in on pages of its own
KINDS = (
    {"keywords": "bridge", "licence": "CC-BY-4.0", "metadata": '{"year": 1900}'},
    {"keywords": "bridge, old", "metadata": '{"year": 1950}'},
    {"keywords": "tower", "licence": "CC-BY-4.0", "metadata": '{"year": 2000, "by": "\\u003cb>"}'},
)


@pytest.fixture
def own(portal: Portal, browser: Browser) -> Tenant:
    tenant = tenant_with_password(portal, signatures=["match", "colors"])
    for number, kind in enumerate(KINDS):
        tenant.client.add(tenant.application, jpeg(60 + number), name=f"picture {number}", **kind)
    png = encoded(photo(64)[:200, :100], "PNG")
    tenant.client.add(tenant.application, png, name="picture 3")
    browser.sign_in(tenant.user.email)
    return tenant


def names(page: requests.Response) -> set[str]:
    grid = re.search(r'<ul class="mdb-grid">(.*?)</ul>', page.text, re.DOTALL)
    return set(re.findall(r"<bdi>(.*?)</bdi>", grid[1])) if grid else set()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"keyword": "bridge"}, "01"),
        ({"keyword": ["bridge", "old"]}, "1"),
        ({"licence": "CC-BY-4.0"}, "02"),
        ({"format": "PNG"}, "3"),
        ({"orientation": "portrait"}, "3"),
        ({"key": "year", "how": "gte", "value": "1950"}, "12"),
        ({"key": "year", "how": "is", "value": "1900"}, "0"),
        ({"key": "", "how": "is", "value": "1900"}, "0123"),
        ({"metadata.year.lte": "1950", "licence": "CC-BY-4.0"}, "0"),
        ({"q": "picture", "format": "png", "narrow": "more"}, "3"),
    ],
)
def test_a_list_is_narrowed_by_what_its_address_says(
    browser: Browser, own: Tenant, asked: dict[str, object], found: str
) -> None:
    page = browser.get(f"/mediadb/{own.application}/", params=asked)

    assert names(page) == {f"picture {one}" for one in found}
    assert "key=" not in page.url, "the address is the one of the filter itself"


def test_the_ways_to_narrow_are_links_with_how_many(browser: Browser, own: Tenant) -> None:
    page = browser.get(f"/mediadb/{own.application}/", params={"narrow": "more", "q": "picture"})
    links = {unescape(one) for one in re.findall(r'<li><a href="([^"]+)"', page.text)}
    red = next(link for link in links if "color=red" in link)

    assert any("format=PNG" in link and "q=picture" in link for link in links)
    assert any("licence=CC-BY-4.0" in link for link in links)
    assert "<option>year</option>" in page.text
    assert browser.get(red).status_code == 200


def test_an_empty_list_says_what_to_leave_out(browser: Browser, own: Tenant) -> None:
    asked = {"keyword": "tower", "format": "PNG"}
    text = text_of(browser.get(f"/mediadb/{own.application}/", params=asked))

    assert "Without “PNG” there is 1" in text
    assert "Without “tower” there is 1" in text


def ids(own: Tenant) -> dict[str, str]:
    found = own.client.get("media/", params={"application": own.application}).json()["data"]
    return {one["name"]: one["id"] for one in found}


def test_chosen_pictures_get_keywords_a_licence_and_a_collection(
    browser: Browser, own: Tenant
) -> None:
    path = f"/mediadb/{own.application}/"
    told = {"application": own.application, "name": "Chosen"}
    collection = own.client.post("collections/", json=told).json()["id"]
    media = ids(own)
    form = {
        "do": "change",
        "ids": [media["picture 0"], media["picture 1"]],
        "filter": "keyword=bridge",
        "add_keywords": "fresh, new",
        "remove_keywords": "BRIDGE",
        "licence": "CC0-1.0",
        "add_to_collection": collection,
    }
    sent = browser.send(path, path, data=form)
    shown = text_of(browser.get(sent.headers["Location"]))
    one, other = (own.client.get(f"media/{media[f'picture {n}']}/").json() for n in (1, 2))
    held = own.client.get(f"collections/{collection}/media/").json()["total"]

    assert (sent.status_code, "keyword=bridge" in sent.headers["Location"]) == (303, True)
    assert "2 pictures were changed" in shown
    assert (one["keywords"], one["licence"]["id"]) == (["old", "fresh", "new"], "CC0-1.0")
    assert (other["keywords"], other["licence"]["id"], held) == (["tower"], "CC-BY-4.0", 2)


def test_all_of_a_filter_are_deleted_and_brought_back_together(
    browser: Browser, own: Tenant
) -> None:
    path = f"/mediadb/{own.application}/"
    before = browser.send(path, path, data={"do": "delete", "ids": [ids(own)["picture 2"]]})
    form = {"do": "delete", "all": "true", "filter": "keyword=bridge"}
    sent = browser.send(path, path, data=form)
    page = browser.get(sent.headers["Location"])
    left = set(ids(own))
    moment = re.search(r'name="removed" value="(\d+)"', page.text)
    assert moment is not None
    undone = browser.send(path, path, data={"do": "undo", "removed": moment[1]})

    assert before.status_code == sent.status_code == undone.status_code == 303
    assert "2 pictures were deleted" in text_of(page)
    assert left == {"picture 3"}
    assert set(ids(own)) == {"picture 0", "picture 1", "picture 3"}
    assert browser.send(path, path, data={"do": "undo", "removed": moment[1]}).status_code == 400


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "change", "ids": "x"}, "Say what is to be changed"),
        ({"do": "change", "add_keywords": "a"}, "Choose at least one picture"),
        ({"do": "change", "add_keywords": "a", "ids": "of-nobody"}, "Choose at least one picture"),
        ({"do": "delete"}, "Choose at least one picture"),
        ({"do": "undo", "removed": "9" * 30}, "nothing left to bring back"),
        ({"do": "burn"}, "one of"),
        ({"do": "delete", "all": "true", "filter": "keyword=nowhere"}, "Choose at least one"),
    ],
)
def test_what_cannot_be_done_with_many_is_said(
    browser: Browser, own: Tenant, form: dict[str, str], words: str
) -> None:
    path = f"/mediadb/{own.application}/"
    answer = browser.send(path, path, data=form)

    assert answer.status_code == 400
    assert words in text_of(answer)
    assert len(ids(own)) == len(KINDS) + 1


def test_pictures_of_others_are_not_touched(
    browser: Browser, own: Tenant, stranger: Tenant, public: Tenant
) -> None:
    theirs = stranger.client.add(stranger.application, jpeg(68))["id"]
    path = f"/mediadb/{own.application}/"
    mixed = [theirs, ids(own)["picture 0"]]
    sent = browser.send(path, path, data={"do": "delete", "ids": mixed})
    elsewhere = f"/mediadb/{public.application}/"

    assert sent.status_code == 303
    assert stranger.client.get(f"media/{theirs}/").status_code == 200
    assert set(ids(own)) == {"picture 1", "picture 2", "picture 3"}
    assert browser.send(path, elsewhere, data={"do": "delete", "all": "true"}).status_code == 403
    assert 'name="ids"' not in browser.get(elsewhere).text


def test_neighbours_are_those_of_the_list_that_one_came_from(browser: Browser, own: Tenant) -> None:
    path = f"/mediadb/{own.application}/"
    listed = browser.get(path, params={"sort": "name", "q": "picture"})
    hrefs = [unescape(one) for one in re.findall(r'<li><a href="([^"]+at=\d+)"', listed.text)]
    second = browser.get(hrefs[1])
    links = dict(re.findall(r'<a rel="(\w+)"[^>]* href="([^"]+)"', second.text))
    moved = browser.get(hrefs[1].replace("at=2", "at=3"))

    assert "2 of 4" in text_of(second)
    assert [unescape(links[one]) for one in ("prev", "next")] == [hrefs[0], hrefs[2]]
    assert "picture 2" in text_of(browser.get(unescape(links["next"])))
    assert 'rel="next"' not in browser.get(hrefs[3]).text
    assert 'rel="next"' not in moved.text, "another picture has that place"


def test_pictures_are_found_by_colours_and_their_shares(browser: Browser, portal: Portal) -> None:
    own = tenant_with_password(portal, signatures=["colors"])
    canvas = photo(1)
    for name, colour in (("a red one", (200, 30, 40)), ("a blue one", (40, 90, 180))):
        canvas[:] = colour
        canvas[:120] = (250, 250, 250)
        own.client.add(own.application, encoded(canvas, "PNG"), name=name)
    browser.sign_in(own.user.email)
    path = f"/mediadb/{own.application}/colours"
    blue = browser.get(path, params={"color": ["#2a5fb0", "#ffffff"], "share": ["60", "20"]})
    named = browser.get(f"/mediadb/{own.application}/", params={"color": "red"})
    media = re.search(rf"{own.application}/([\w-]+)", str(named.text).split("mdb-grid")[1])
    assert media is not None
    like_it = browser.get(path, params={"media": media[1]})

    assert re.findall(r"<bdi>(a \w+ one)", blue.text)[0] == "a blue one"
    assert names(named) == {"a red one"}
    assert re.findall(r"<bdi>(a \w+ one)", like_it.text)[0] == "a red one"
    assert "Any colour: the rest, 20 %" in text_of(blue)
    assert browser.get(path, params={"color": "red", "share": "many"}).status_code == 400
    assert browser.get(path, params={"color": "no colour", "share": "5"}).status_code == 400
    assert "/colours" in browser.get(f"/mediadb/search?application={own.application}").text


def test_metadata_place_and_rights_are_changed_in_the_form(browser: Browser, own: Tenant) -> None:
    media = ids(own)["picture 2"]
    edit = f"/mediadb/{own.application}/{media}/edit"
    form = {
        "metadata_key": ["year", "by", "tags", ""],
        "metadata_value": ["2000", "<b>", '["x", 1]', ""],
        **{"credit": "The archive", "rights": "Ask first", "taken_at": "1932-05", "alt": "A tower"},
        **{"place": "Esch", "latitude": "49,5", "longitude": "5.98"},
    }
    kept = browser.send(edit, edit, data=form)
    page = browser.get(f"/mediadb/{own.application}/{media}")
    after = own.client.get(f"media/{media}/").json()
    fewer = {"metadata_key": ["year"], "metadata_value": [""], "place": ""}
    browser.send(edit, edit, data=fewer)
    then = own.client.get(f"media/{media}/").json()

    assert kept.status_code == 303
    assert after["metadata"] == {"year": 2000, "by": "<b>", "tags": ["x", 1]}
    assert after["place"] == {"name": "Esch", "latitude": 49.5, "longitude": 5.98}
    assert (after["credit"], after["taken_at"], after["alt"]) == (
        "The archive",
        "1932-05",
        "A tower",
    )
    assert "Esch · 49.5, 5.98" in text_of(page)
    assert 'alt="A tower"' in page.text
    assert (then["metadata"], then["place"], then["credit"]) == ({}, None, "The archive")
    for wrong in (
        {"metadata_key": [""], "metadata_value": ["orphan"]},
        {"place": "x", "latitude": "north"},
        {"taken_at": "yesterday"},
    ):
        assert browser.send(edit, edit, data=wrong).status_code == 400
