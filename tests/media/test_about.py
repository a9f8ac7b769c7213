"""Title, description, creator, licence: what is said of a picture, and what its file says."""

import pytest

from udata_mediadb.filters.words import text_query
from udata_mediadb.media.models import Media

from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..images import encoded, jpeg, photo
from ..portal import Client, Portal

pytestmark = plain_only  # udata has a list of licences of its own

ABOUT = {
    "title": {"en": "Old bridge", "de": "Alte Brücke"},
    "description": "Seen from the *river*.",
    "alt": "A stone bridge with three arches",
    "creator": "Ada Example",
    "credit": "City archive",
    "source": "https://archive.example.org/4711",
    "licence": "CC-BY-4.0",
    "rights": "No use in advertising",
    "taken_at": "1932-05",
    "place": {"name": "Arles", "latitude": 43.67, "longitude": 4.63},
}


def add(tenant: Tenant, seed: int = 1, **about: object) -> dict:
    """A media of which this is said."""
    media = tenant.client.add(tenant.application, jpeg(seed))
    if not about:
        return media
    changed = tenant.client.put(f"media/{media['id']}/", json=about)
    assert changed.status_code == 200, changed.text
    return changed.json()


def test_all_that_is_said_comes_back(tenant: Tenant) -> None:
    media = add(tenant, **ABOUT)
    again = tenant.client.get(f"media/{media['id']}/", params={"lang": "*"}).json()

    for name in ("creator", "credit", "source", "rights", "taken_at", "place"):
        assert again[name] == ABOUT[name]
    assert again["title"] == ABOUT["title"]
    assert again["description"] == {"x-default": ABOUT["description"]}
    assert again["licence"] == {
        "id": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0",
        "url": "https://creativecommons.org/licenses/by/4.0/",
    }


# what a client prefers, and the title that it reads
LANGUAGES = [
    ({}, {"Accept-Language": "de"}, "Alte Brücke"),
    ({}, {"Accept-Language": "de-AT,en;q=0.5"}, "Alte Brücke"),
    ({"lang": "en"}, {"Accept-Language": "de"}, "Old bridge"),
    ({}, {"Accept-Language": "fr"}, "Old bridge"),
    ({}, {}, "Old bridge"),
]


@pytest.mark.parametrize(("query", "headers", "title"), LANGUAGES)
def test_texts_are_in_the_language_that_is_preferred(
    tenant: Tenant, query: dict, headers: dict, title: str
) -> None:
    media = add(tenant, title=ABOUT["title"])
    shown = tenant.client.get(f"media/{media['id']}/", params=query, headers=headers)

    assert shown.json()["title"] == title


def test_an_attribution_is_ready_to_be_printed(tenant: Tenant) -> None:
    media = add(tenant, title="A <b> & c", creator="Ada", licence="CC-BY-4.0")

    assert media["attribution"]["text"] == (
        "“A <b> & c” by Ada, Creative Commons Attribution 4.0 "
        "(https://creativecommons.org/licenses/by/4.0/)"
    )
    assert media["attribution"]["html"].startswith("<cite>A &lt;b&gt; &amp; c</cite> by Ada, <a ")
    assert add(tenant, seed=2)["attribution"] is None


def test_a_field_is_changed_alone_and_taken_away_by_an_empty_value(tenant: Tenant) -> None:
    media = add(tenant, **ABOUT)
    path = f"media/{media['id']}/"
    changed = tenant.client.put(path, json={"creator": "Bo"}).json()
    emptied = tenant.client.put(path, json={"credit": "", "place": None, "title": {}}).json()

    assert (changed["creator"], changed["credit"]) == ("Bo", "City archive")
    assert (emptied["credit"], emptied["place"], emptied["title"]) == (None, None, None)
    assert emptied["alt"] == ABOUT["alt"]


def test_a_media_may_be_sent_back_as_it_was_read(tenant: Tenant) -> None:
    media = add(tenant, title="Bridge", creator="Ada", licence="CC0-1.0", place={"name": "Arles"})
    answer = tenant.client.put(f"media/{media['id']}/", json=media)

    assert answer.status_code == 200, answer.text
    same = {k: v for k, v in answer.json().items() if k != "updated_at"}
    assert same == {k: v for k, v in media.items() if k != "updated_at"}


BAD = [
    ("licence", "CC-BY-9.0"),
    ("taken_at", "last summer"),
    ("taken_at", "2024-13"),
    ("place", {"latitude": 91, "longitude": 0}),
    ("place", {"latitude": 1}),
    ("place", {"name": "x", "country": "y"}),
    ("title", {"$where": "x"}),
    ("title", {"en.x": "x"}),
    ("title", ["x"]),
    ("title", "x" * 1001),
    ("creator", "a\0b"),
    ("creator", {"name": "x"}),
    ("alt", {f"{a}{b}": "x" for a in "abcdef" for b in "abcdef"}),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_cannot_be_said_is_refused_by_name(tenant: Tenant, name: str, value: object) -> None:
    media = add(tenant)
    answer = tenant.client.put(f"media/{media['id']}/", json={"name": "half", name: value})

    assert answer.status_code == 400, answer.text
    assert list(answer.json()["errors"]) == [name]
    assert tenant.client.get(f"media/{media['id']}/").json()["name"] != "half"


def test_what_is_said_is_found_by_its_words_and_licence(tenant: Tenant) -> None:
    media = add(tenant, title={"fr": "Le vieux château"}, creator="Zoë", licence="PDM-1.0")
    add(tenant, seed=2, title="Something else", licence="CC0-1.0")

    for query in ({"q": "chateau"}, {"q": "zoe"}, {"licence": "PDM-1.0"}):
        found = tenant.client.get("media/", params=query).json()
        assert [one["id"] for one in found["data"]] == [media["id"]], query


@pytest.fixture
def with_rights() -> bytes:
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/">'
        "<dc:title>From the file</dc:title><dc:creator>Camera Owner</dc:creator>"
        "<dc:subject><rdf:Bag><rdf:li>river</rdf:li></rdf:Bag></dc:subject>"
        "<xmpRights:WebStatement>http://creativecommons.org/licenses/by-sa/4.0"
        "</xmpRights:WebStatement></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    return encoded(photo(9), "JPEG", xmp=xmp.encode())


def test_what_the_file_says_is_proposed_to_who_may_edit(
    tenant: Tenant, stranger: Tenant, anonymous: Client, with_rights: bytes
) -> None:
    media = tenant.client.add(tenant.application, with_rights)
    path = f"media/{media['id']}/embedded/"
    proposed = tenant.client.get(path).json()

    assert media["creator"] is None
    assert media["keywords"] == []
    assert proposed["title"] == {"x-default": "From the file"}
    assert (proposed["creator"], proposed["licence"]) == ("Camera Owner", "CC-BY-SA-4.0")
    assert proposed["keywords"] == ["river"]
    assert stranger.client.get(path).status_code == 404
    assert anonymous.get(path).status_code == 401


def test_what_the_file_says_is_taken_over_where_the_application_wishes_so(
    portal: Portal, with_rights: bytes
) -> None:
    tenant = new_tenant(portal, options={"default": {"embedded": "take"}})
    media = tenant.client.add(tenant.application, with_rights, creator="Somebody else")

    assert media["title"] == "From the file"
    assert media["creator"] == "Somebody else"
    assert media["licence"]["id"] == "CC-BY-SA-4.0"
    assert media["keywords"] == ["river"]


def test_facts_of_what_is_said_are_not_stale(tenant: Tenant, portal: Portal) -> None:
    media = add(tenant, **ABOUT)
    with portal.app.app_context():
        assert Media.objects(__raw__={"_id": media["id"], **text_query("arches")}).count() == 1
    assert portal.flask("check").stdout.count(media["id"]) == 0
