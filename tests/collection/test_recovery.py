"""What a kill leaves of purges and collections: named by `check`, mended by `reindex`."""

from uuid import uuid4

import pytest

from udata_mediadb.collection.models import Collection
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media import files
from udata_mediadb.media.models import Media

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from .made import collection, listed


@pytest.fixture
def portal(own_portal: Portal) -> Portal:
    """A portal of its own: `check` looks at everything that a portal has."""
    return own_portal


def test_a_purge_that_was_cut_short_is_finished(portal: Portal, tenant: Tenant) -> None:
    """After the mark, nothing shows the media; whatever else is left goes with `reindex`."""
    kept, cut = (tenant.client.add(tenant.application, jpeg(i))["id"] for i in (1, 2))
    Media.objects(id=cut).update(set__state="purged")

    assert listed(tenant.client, "media/") == [kept]
    assert tenant.client.get(f"media/{cut}/").status_code == 404
    assert tenant.client.post(f"media/{cut}/restore/").status_code == 404
    hits = tenant.client.post("search/", files={"image": jpeg(2)}).json()["data"]
    assert cut not in [hit["media"]["id"] for hit in hits]
    checked = portal.flask("check")
    assert (checked.returncode, f"purge-unfinished: {cut}" in checked.stdout) == (1, True)

    portal.flask("reindex")

    assert portal.flask("check").returncode == 0, portal.flask("check").stdout
    assert Media.objects(id=cut).first() is None
    assert StoredSignature.objects(media=cut).first() is None
    storage = portal.app.extensions["mediadb"].storage
    with portal.app.app_context():
        assert not files.exists(storage, files.key(tenant.application, cut, "original"))
        assert files.exists(storage, files.key(tenant.application, kept, "original"))


def test_lost_collections_and_memberships_are_named_and_mended(
    portal: Portal, tenant: Tenant
) -> None:
    one = tenant.client.add(tenant.application, jpeg(1))["id"]
    a, b, lost = (str(collection(tenant, name)["id"]) for name in ("a", "b", "lost"))
    tenant.client.post(f"collections/{a}/media/", json={"media": [one]})
    Collection.objects(id=a).update(set__parent=b)
    Collection.objects(id=b).update(set__parent=a)
    Collection.objects(id=lost).update(set__parent=uuid4().hex)
    Media.objects(id=one).update(push__collections="f" * 32, push__placings="f" * 32 + ":1")
    stray = Collection(application=uuid4().hex, name="of no application").save()

    shown = portal.flask("check").stdout
    for problem in (
        *(f"collection-lost: {i}" for i in (a, b, lost)),
        "membership-orphan: " + "f" * 32,
        f"collection-without-application: {stray.id}",
    ):
        assert problem in shown
    portal.flask("reindex")

    assert portal.flask("check").returncode == 0, portal.flask("check").stdout
    assert set(listed(tenant.client, "collections/", parent="")) >= {lost}
    assert listed(tenant.client, f"collections/{a}/media/") == [one]
    assert Media.objects.get(id=one).collections == [a]
    assert len(Media.objects.get(id=one).placings) == 1
