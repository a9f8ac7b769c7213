"""Pictures of udata's own objects."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from mongoengine.context_managers import query_counter
from udata.core.dataset.models import Dataset
from udata.core.reuse.models import Reuse

from udata_mediadb.application.models import Application
from udata_mediadb.hosts.related import Related

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal
from .objects import dataset, reuse


@pytest.fixture(autouse=True)
def _as_before(portal: Portal) -> Iterator[None]:
    """Other tests count what the shared portal has."""
    with portal.app.app_context():
        before = {kind: list(kind.objects.scalar("id")) for kind in (Dataset, Reuse)}
    yield
    with portal.app.app_context():
        for kind, ids in before.items():
            kind.objects(id__nin=ids).delete()


def shown(tenant: Tenant, media: str) -> list[dict[str, object]]:
    related: list[dict[str, object]] = tenant.client.get(f"media/{media}/").json()["related"]
    return related


def test_a_found_picture_says_which_dataset_it_belongs_to(portal: Portal, tenant: Tenant) -> None:
    with portal.app.app_context():
        one = str(dataset("Bridges", tenant.user).id)
    added = tenant.client.add(tenant.application, jpeg(1), related=f"Dataset:{one}")

    (hit,) = tenant.client.post("search/", files={"image": jpeg(1)}).json()["data"]

    (reference,) = hit["media"]["related"]
    assert reference == added["related"][0]
    assert (reference["class"], reference["id"], reference["title"]) == ("Dataset", one, "Bridges")
    assert reference["uri"].endswith("/api/1/datasets/bridges/")
    assert "page" in reference


def test_every_class_has_a_title_and_an_address(portal: Portal, tenant: Tenant) -> None:
    with portal.app.app_context():
        named = [f"Reuse:{reuse('Map', tenant.user).id}", f"User:{tenant.user.id}"]
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64), related=",".join(named))

    by_class = {str(one["class"]): one for one in media["related"]}

    assert by_class["Reuse"]["title"] == "Map"
    assert by_class["User"]["title"] == tenant.user.name
    assert all(str(one["uri"]).startswith("http") for one in by_class.values())


@pytest.mark.parametrize(
    "related",
    ["Dataset:65f000000000000000000000", "Dataset:nope", "License:65f000000000000000000000"],
)
def test_what_udata_has_not_is_an_unknown_reference(tenant: Tenant, related: str) -> None:
    answer = tenant.client.post("media/", files={"image": jpeg(1)}, data={"related": related})

    assert answer.status_code == 400
    assert answer.json()["errors"]["related"].startswith("Unknown reference '")
    own = {"application": tenant.application}
    assert tenant.client.get("media/", params=own).json()["total"] == 0


def test_what_is_private_or_deleted_is_unknown_to_others(
    portal: Portal, tenant: Tenant, stranger: Tenant
) -> None:
    with portal.app.app_context():
        private = dataset("Private", stranger.user, private=True).id
        deleted = dataset("Deleted", tenant.user, deleted=datetime.now(UTC)).id
    files = {"image": jpeg(1, 96, 64)}

    def code(client: Tenant, related: object) -> int:
        data = {"related": f"Dataset:{related}"}
        return client.client.post("media/", files=files, data=data).status_code

    assert code(tenant, private) == 400
    assert code(stranger, private) == 201
    assert code(tenant, deleted) == 400


def test_an_object_that_goes_leaves_its_id_and_breaks_no_list(
    portal: Portal, tenant: Tenant
) -> None:
    with portal.app.app_context():
        soft, hard = dataset("Soft", tenant.user), dataset("Hard", tenant.user)
    related = f"Dataset:{soft.id},Dataset:{hard.id}"
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64), related=related)["id"]
    with portal.app.app_context():
        Dataset.objects(id=soft.id).update(deleted=datetime.now(UTC))
        Dataset.objects(id=hard.id).delete()

    left = [{"class": "Dataset", "id": str(one.id)} for one in (soft, hard)]
    assert shown(tenant, media) == left
    assert tenant.client.get("media/").json()["data"][0]["related"] == left
    # what was read may be sent back
    answer = tenant.client.put(f"media/{media}/", json=tenant.client.get(f"media/{media}/").json())
    assert answer.status_code == 200
    assert answer.json()["related"] == left


def test_the_public_sees_no_title_of_a_private_dataset(portal: Portal) -> None:
    owner = new_tenant(portal, public=True)
    with portal.app.app_context():
        private = dataset("Secret", owner.user, private=True).id
    owner.client.add(owner.application, jpeg(1, 96, 64), related=f"Dataset:{private}")
    path, where = "media/", {"application": owner.application}

    assert owner.client.get(path, params=where).json()["data"][0]["related"][0]["title"] == "Secret"
    public = type(owner.client)(portal.api).get(path, params=where).json()["data"]
    assert public[0]["related"] == [{"class": "Dataset", "id": str(private)}]
    with portal.app.app_context():  # everybody's lists show what is public
        Application.objects(id=owner.application).update(set__public=False)


def test_many_objects_cost_one_query_for_each_class(portal: Portal, tenant: Tenant) -> None:
    app = portal.app
    with app.test_request_context():
        named = [Related("Dataset", str(dataset(f"D{n}", tenant.user).id)) for n in range(3)]
        named += [Related("Reuse", str(reuse(f"R{n}", tenant.user).id)) for n in range(2)]
        host = app.extensions["mediadb"].host
        with query_counter() as queries:
            found = host.related_refs(named, None)
            # the portal's own processes ask as well, for other things
            shown = {"ns": {"$regex": r"\.(dataset|reuse)$"}}
            asked = queries.db.system.profile.count_documents(shown)

    assert set(found) == set(named)
    assert asked == 2
