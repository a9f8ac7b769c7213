"""While a portal is upgraded its older workers meet documents of newer ones, with more fields."""

import pytest
from mongoengine import get_db

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal

pytestmark = pytest.mark.server

LATER = {"later": {"known": ["to a later version"]}}


def test_what_a_later_version_wrote_is_read_searched_and_kept(
    portal: Portal, tenant: Tenant
) -> None:
    client, own = tenant.client, {"application": tenant.application}
    media = client.add(tenant.application, jpeg(1), name="before")["id"]
    collection = client.post("collections/", json={**own, "name": "All"}).json()["id"]
    with portal.app.app_context():
        database = get_db()
        for name, key in (("media", media), ("application", tenant.application)):
            database[f"mediadb_{name}"].update_one({"_id": key}, {"$set": LATER})
        database.mediadb_collection.update_one({"_id": collection}, {"$set": LATER})

    listed = client.get("media/", params=own)
    found = client.post("search/", data=own, files={"image": jpeg(1)})
    changed = client.put(f"media/{media}/", json={"name": "after"})
    held = client.put(f"collections/{collection}/", json={"name": "Some"})

    assert [one["id"] for one in listed.json()["data"]] == [media]
    assert [hit["media"]["id"] for hit in found.json()["data"]] == [media]
    assert (changed.status_code, held.status_code) == (200, 200), changed.text + held.text
    with portal.app.app_context():
        stored = get_db().mediadb_media.find_one({"_id": media})
    assert stored is not None
    assert (stored["name"], stored["later"]) == ("after", LATER["later"])
