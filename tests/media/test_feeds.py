"""What other programs read: Atom, JSON-LD, oEmbed, the sitemap."""

from xml.etree import ElementTree as ET

import pytest
import requests

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Client, Portal

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
SAID = {"creator": "Ada <b>", "title": {"en": "Bridge & tower"}, "alt": 'a "bridge"'}


@pytest.fixture
def public(portal: Portal) -> Tenant:
    return new_tenant(portal, public=True)


def add(tenant: Tenant, seed: int, **said: object) -> dict:
    media = tenant.client.add(tenant.application, jpeg(seed))
    return tenant.client.put(f"media/{media['id']}/", json=said).json()


def entries(client: Client, path: str, **query: str) -> list[ET.Element]:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)
    for name in ("title", "id", "updated"):
        assert root.findtext(f"a:{name}", namespaces=ATOM)
    return root.findall("a:entry", ATOM)


def test_the_newest_media_are_a_feed_of_each_scope(public: Tenant, anonymous: Client) -> None:
    old, new = add(public, 1, keywords=["x"], **SAID), add(public, 2, name="y")
    held = add(public, 3, published_from="2099-01-01")
    described = {"application": public.application, "name": "Bridges"}
    collection = public.client.post("collections/", json=described).json()["id"]
    public.client.post(f"collections/{collection}/media/", json={"media": [old["id"], held["id"]]})
    query = {**described, "query": {"keywords": ["x"]}}
    smart = public.client.post("smart_collections/", json=query).json()["id"]
    scopes = [
        (f"applications/{public.application}/recent.atom", {}, [new, old]),
        ("media/recent.atom", {"application": public.application}, [new, old]),
        ("recent.atom", {"application": public.application, "q": "tow"}, [old]),
        (f"collections/{collection}/recent.atom", {}, [old]),
        (f"smart_collections/{smart}/recent.atom", {}, [old]),
    ]
    for path, asked, expected in scopes:
        found = entries(anonymous, path, **asked)
        ids = [one.findtext("a:id", namespaces=ATOM) for one in found]
        assert ids == [f"urn:uuid:{one['id']}" for one in expected], path


def test_an_entry_shows_the_picture_and_names_who_made_it(
    public: Tenant, anonymous: Client
) -> None:
    media = add(public, 1, name="control \u0001 character", keywords=["a&b"], **SAID)
    (entry,) = entries(anonymous, f"applications/{public.application}/recent.atom")
    links = {one.get("rel"): one.get("href") for one in entry.findall("a:link", ATOM)}

    assert entry.findtext("a:title", namespaces=ATOM) == "Bridge & tower"
    assert entry.findtext("a:author/a:name", namespaces=ATOM) == "Ada <b>"
    assert entry.find("a:category", ATOM).get("term") == "a&b"
    assert 'alt="a &quot;bridge&quot;"' in entry.findtext("a:content", namespaces=ATOM)
    assert "Ada &lt;b&gt;" in entry.findtext("a:content", namespaces=ATOM)
    assert requests.get(links["enclosure"], timeout=300).status_code == 200
    assert links["alternate"].endswith(media["id"])


def test_a_feed_without_entries_is_one(public: Tenant, anonymous: Client) -> None:
    assert entries(anonymous, f"applications/{public.application}/recent.atom") == []


def test_a_media_is_an_image_object(public: Tenant, anonymous: Client) -> None:
    media = add(public, 1, rights="none", place={"name": "Arles"}, **SAID)
    answer = anonymous.get(f"media/{media['id']}/jsonld/", params={"lang": "*"})
    found = answer.json()

    assert answer.headers["Content-Type"].startswith("application/ld+json")
    assert found["@context"][0] == "https://schema.org/"
    assert found["@type"] == ["ImageObject", "foaf:Image"]
    assert found["name"] == [{"@language": "en", "@value": "Bridge & tower"}]
    assert found["creator"] == {"@type": "Person", "name": "Ada <b>"}
    assert (found["contentUrl"], found["width"]) == (media["url"], media["width"])
    assert found["contentLocation"] == {"@type": "Place", "name": "Arles"}
    assert "license" not in found


def test_collections_and_lists_are_galleries(public: Tenant, anonymous: Client) -> None:
    media = add(public, 1, **SAID)
    described = {"application": public.application, "name": "Bridges", "keywords": ["old"]}
    collection = public.client.post("collections/", json=described).json()["id"]
    public.client.post(f"collections/{collection}/media/", json={"media": [media["id"]]})
    query = {**described, "query": {"fields": {"width": {"gte": 1}}}}
    smart = public.client.post("smart_collections/", json=query).json()["id"]

    for path in (f"collections/{collection}/jsonld/", f"smart_collections/{smart}/jsonld/"):
        found = anonymous.get(path).json()
        assert (found["name"], found["size"], found["keywords"]) == ("Bridges", 1, ["old"])
        assert [one["@id"] for one in found["hasPart"]] == [media["uri"]]
    listed = anonymous.get("media.jsonld", params={"application": public.application}).json()
    assert listed["@graph"][0]["size"] == 1


def test_a_public_media_is_embedded_with_its_credit(public: Tenant, anonymous: Client) -> None:
    media = add(public, 1, credit="City archive", **SAID)
    answer = anonymous.get(f"media/{media['id']}/")
    discovered = answer.links["alternate"]["url"]
    found = requests.get(discovered, timeout=300).json()

    assert answer.links["alternate"]["type"] == "application/json+oembed"
    assert (found["type"], found["version"], found["title"]) == ("photo", "1.0", "Bridge & tower")
    assert (found["credit"], found["author_name"]) == ("City archive", "Ada <b>")
    assert (found["width"], found["height"]) == (640, 480)
    assert "City archive" in found["attribution"]
    for address in (media["url"], media["uri"], found["web_page"]):
        small = anonymous.get("oembed/", params={"url": address, "maxwidth": "100"}).json()
        assert (small["width"], small["height"], small["url"]) == (100, 75, media["url"])


def test_what_is_not_public_is_not_embedded(
    public: Tenant, tenant: Tenant, anonymous: Client
) -> None:
    hidden = [add(tenant, 1)["uri"], add(public, 1, published_from="2099-01-01")["uri"]]
    other = hidden[0].replace("127.0.0.1", "evil.example")

    for url in (*hidden, other, "https://[", "x", ""):
        assert anonymous.get("oembed/", params={"url": url}).status_code == 404
    assert tenant.client.get("oembed/", params={"url": hidden[0]}).status_code == 404
    bad = anonymous.get("oembed/", params={"url": hidden[0], "maxwidth": "-1"})
    assert list(bad.json()["errors"]) == ["maxwidth"]


def test_public_pages_are_in_the_sitemap(portal: Portal, public: Tenant, tenant: Tenant) -> None:
    media, held = add(public, 1), add(public, 2, published_from="2099-01-01")
    secret = add(tenant, 1)
    base = portal.api.split("/api/")[0]
    index = ET.fromstring(requests.get(f"{base}/mediadb/sitemap.xml", timeout=300).content)
    parts = [one.text for one in index.iterfind("s:sitemap/s:loc", SITEMAP)]
    (mine,) = [part for part in parts if public.application in part]
    pages = ET.fromstring(requests.get(mine, timeout=300).content)
    found = [one.text for one in pages.iterfind("s:url/s:loc", SITEMAP)]

    assert [url.rpartition("/")[2] for url in found] == ["", media["id"]]
    assert not any(tenant.application in part for part in parts)
    page = requests.get(found[1], timeout=300)
    assert page.status_code == 200
    assert '<link rel="alternate" type="application/json+oembed" href="' in page.text
    assert requests.get(page.links["alternate"]["url"], timeout=300).json()["type"] == "photo"
    assert not any(one["id"] in found for one in (held, secret))
    missing = f"{base}/mediadb/sitemap/{tenant.application}/1.xml"
    assert requests.get(missing, timeout=300).status_code == 404
