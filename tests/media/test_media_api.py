"""The life of a media, over HTTP."""

import hashlib

import pytest

from ..fixtures import Tenant
from ..hosts import current_host
from ..images import jpeg
from ..portal import Client, Portal


def test_adding_a_picture_answers_the_whole_media(tenant: Tenant) -> None:
    image = jpeg(1)

    media = tenant.client.add(
        tenant.application,
        image,
        name="Bridge",
        keywords='["river", "bridge"]',
        metadata='{"country": "France", "year": 1900}',
        md5=hashlib.md5(image).hexdigest(),
    )

    assert media["name"] == "Bridge"
    assert media["keywords"] == ["river", "bridge"]
    assert media["metadata"] == {"country": "France", "year": 1900}
    assert media["sha256"] == hashlib.sha256(image).hexdigest()
    assert (media["width"], media["height"], media["format"]) == (640, 480, "JPEG")
    assert media["size"] == len(image)
    assert media["application"] == tenant.application
    assert media["deleted"] is None
    assert tenant.client.get(f"media/{media['id']}/").json() == {**media, "duplicate_of": None}


def test_a_media_without_a_name_is_named_by_its_id(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))

    assert media["name"] == media["id"]


def test_the_only_application_needs_no_naming(tenant: Tenant) -> None:
    answer = tenant.client.post("media/", files={"image": jpeg(1)})

    assert answer.status_code == 201
    assert answer.json()["application"] == tenant.application


def test_the_same_bytes_again_name_the_older_media(tenant: Tenant) -> None:
    first = tenant.client.add(tenant.application, jpeg(2))
    second = tenant.client.add(tenant.application, jpeg(2))

    assert second["duplicate_of"] == first["id"]
    assert second["id"] != first["id"]


def test_keywords_may_be_comma_separated(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1), keywords="river, bridge ,,river")

    assert media["keywords"] == ["river", "bridge"]


def test_put_changes_what_it_names_and_keeps_the_rest(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1), name="Old", keywords="a")

    answer = tenant.client.put(f"media/{media['id']}/", json={"name": "New"})

    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["keywords"]) == ("New", ["a"])
    assert answer.json()["updated_at"] > media["updated_at"]
    found = tenant.client.get("media/", params={"application": tenant.application, "q": "new"})
    assert [m["id"] for m in found.json()["data"]] == [media["id"]]


def test_put_takes_form_fields_too(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1), name="Old")

    answer = tenant.client.put(
        f"media/{media['id']}/", data={"name": "New", "keywords": "a,b", "metadata": '{"x": 1}'}
    )

    changed = answer.json()
    assert (changed["name"], changed["keywords"]) == ("New", ["a", "b"])
    assert changed["metadata"] == {"x": 1}


def test_a_deleted_media_is_gone_until_it_is_restored(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))
    path = f"media/{media['id']}/"

    assert tenant.client.delete(path).status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        arguments = {"json": {"name": "x"}} if method == "PUT" else {}
        assert tenant.client.request(method, path, **arguments).status_code == 410
    listed = tenant.client.get("media/", params={"application": tenant.application}).json()
    assert listed["total"] == 0

    restored = tenant.client.post(path + "restore/")

    assert restored.status_code == 200
    assert restored.json()["deleted"] is None
    assert tenant.client.get(path).status_code == 200
    assert tenant.client.post(path + "restore/").status_code == 409


@pytest.mark.parametrize("identifier", ["zz", "0" * 32, "{0}", "a/b", "%00", "..", "\u00e9" * 36])
def test_ids_that_are_none_are_not_found(tenant: Tenant, identifier: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        arguments = {"json": {}} if method == "PUT" else {}
        answer = tenant.client.request(method, f"media/{identifier}/", **arguments)
        assert answer.status_code in (404, 405), answer.text


def test_an_id_may_be_written_without_hyphens(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))

    answer = tenant.client.get(f"media/{media['id'].replace('-', '').upper()}/")

    assert answer.json()["id"] == media["id"]


class TestWhoMay:
    """No key, wrong key, another tenant."""

    ROUTES = (
        ("POST", "media/"),
        ("PUT", "media/{media}/"),
        ("DELETE", "media/{media}/"),
        ("POST", "media/{media}/restore/"),
        ("POST", "search/"),
        ("POST", "applications/"),
        ("PUT", "applications/{application}/"),
        ("DELETE", "applications/{application}/"),
        ("GET", "applications/"),
        ("GET", "status/"),
    )

    @pytest.mark.parametrize(("method", "path"), ROUTES)
    def test_no_key(self, tenant: Tenant, anonymous: Client, method: str, path: str) -> None:
        answer = anonymous.request(method, self._path(tenant, path), **self._body(method, path))

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    @pytest.mark.parametrize(
        ("method", "path"), [*ROUTES, ("GET", "media/"), ("GET", "media/{media}/")]
    )
    def test_wrong_key(self, tenant: Tenant, method: str, path: str) -> None:
        wrong = Client(tenant.client.api, "mdb_wrong")

        answer = wrong.request(method, self._path(tenant, path), **self._body(method, path))

        assert (answer.status_code, answer.json()["message"]) == (401, "Invalid API token")

    def test_another_tenants_media_does_not_exist(self, tenant: Tenant, stranger: Tenant) -> None:
        media = tenant.client.add(tenant.application, jpeg(1))["id"]
        deleted = tenant.client.add(tenant.application, jpeg(1))["id"]
        tenant.client.delete(f"media/{deleted}/")

        for identifier in (media, deleted):
            for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "restore/")):
                arguments = {"json": {}} if method == "PUT" else {}
                answer = stranger.client.request(method, f"media/{identifier}/{path}", **arguments)
                assert answer.status_code == 404, (method, answer.text)
        listed = stranger.client.get("media/").json()["data"]
        assert media not in {m["id"] for m in listed}

    def test_another_tenants_application_is_refused(self, tenant: Tenant, stranger: Tenant) -> None:
        form = {"application": tenant.application}
        for path in ("media/", "search/"):
            answer = stranger.client.post(path, data=form, files={"image": jpeg(1)})
            assert answer.status_code == 404, answer.text  # whether it is there is not told
        answer = stranger.client.get("media/", params=form)
        assert answer.status_code == 404

    def test_a_public_application_is_read_by_all_and_edited_by_its_owner(
        self, portal: Portal, stranger: Tenant, anonymous: Client
    ) -> None:
        from ..fixtures import new_tenant

        tenant = new_tenant(portal, public=True)
        media = tenant.client.add(tenant.application, jpeg(1))["id"]

        for reader in (anonymous, stranger.client):
            assert reader.get(f"media/{media}/").status_code == 200
            found = reader.get("media/", params={"application": tenant.application}).json()
            assert found["total"] == 1
        form = {"application": tenant.application}
        hits = stranger.client.post("search/", data=form, files={"image": jpeg(1)}).json()
        assert hits["data"][0]["media"]["id"] == media
        assert anonymous.post("search/", data=form, files={"image": jpeg(1)}).status_code == 401
        assert anonymous.delete(f"media/{media}/").status_code == 401
        assert stranger.client.delete(f"media/{media}/").status_code == 403
        assert stranger.client.put(f"media/{media}/", json={}).status_code == 403

    def test_a_revoked_key_is_refused_at_once(self, portal: Portal, tenant: Tenant) -> None:
        with portal.app.app_context():
            current_host().revoke_keys(tenant.user)

        answer = tenant.client.get("media/")

        assert (answer.status_code, answer.json()["message"]) == (401, "Revoked API token")

    @staticmethod
    def _path(tenant: Tenant, path: str) -> str:
        return path.format(media="0" * 32, application=tenant.application)

    @staticmethod
    def _body(method: str, path: str) -> dict[str, object]:
        if method == "POST" and path in ("media/", "search/"):
            return {"files": {"image": jpeg(1)}}
        return {"json": {}} if method in ("POST", "PUT") else {}
