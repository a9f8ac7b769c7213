"""Changes of one thing at the same moment: nobody's is lost, and what is found by it is true."""

from collections.abc import Mapping
from typing import Any

from udata_mediadb.application.actions import update_application
from udata_mediadb.application.key_pair import rotate_key
from udata_mediadb.application.models import Application
from udata_mediadb.crypto.keyring import Keyring
from udata_mediadb.media.facts import are_stale
from udata_mediadb.media.models import Media

from ..hosts import SECRET, current_host, plain_only
from ..images import jpeg
from ..portal_here import PortalHere
from .simultaneous import at_once, wrong_after_a_round

ROUNDS = 25  # `python -m benchmarks.simultaneous_changes` for more


def found(here: PortalHere, **query: str) -> list[str]:
    return [one["id"] for one in here.get("media/", query_string=query).json["data"]]


def test_three_who_change_one_media_at_once_leave_it_findable_by_all_of_it(
    here: PortalHere,
) -> None:
    media = here.add(jpeg(1, 320, 240))["id"]

    def put(change: Mapping[str, Any]) -> None:
        assert here.put(f"media/{media}/", json=change).status_code == 200

    def find(query: Mapping[str, str]) -> list[str]:
        return found(here, **query)

    wrong = [wrong_after_a_round(n, media, put, find) for n in range(ROUNDS)]

    assert not any(wrong), wrong
    assert here.command("check")[0] == 0


def test_eight_who_change_the_keywords_at_once_are_all_answered(here: PortalHere) -> None:
    media = here.add(jpeg(1, 320, 240))["id"]

    def put(n: int) -> None:
        assert here.put(f"media/{media}/", json={"keywords": [f"k{n}"]}).status_code == 200

    at_once([lambda n=n: put(n) for n in range(8)])

    assert not are_stale(Media.objects.get(id=media))


def test_facts_that_an_earlier_version_left_wrong_are_named_and_mended(here: PortalHere) -> None:
    media = here.add(jpeg(1, 320, 240), name="lion", keywords="cat")["id"]
    deleted = here.add(jpeg(2, 320, 240), name="owl")["id"]
    here.delete(f"media/{deleted}/")
    Media.objects(id=media).update(set__terms=["k:dog"])
    Media.objects(id=deleted).update(set__words=[])

    code, said = here.command("check")
    assert code == 1
    assert f"facts-stale: {media}" in said
    assert f"facts-stale: {deleted}" in said
    here.command("reindex")

    assert found(here, keyword="cat") == [media]
    assert not found(here, keyword="dog")
    assert here.command("check")[0] == 0


def test_both_keys_rotated_at_once_are_both_in_their_grace(here: PortalHere) -> None:
    with here.app.app_context():
        for _ in range(10):
            stale = [Application.objects.get(id=here.application) for _ in range(2)]
            before = [key.hash for key in stale[0].retired_keys]
            for application, kind in zip(stale, ("public", "private"), strict=True):
                rotate_key(application, kind, Keyring(SECRET), grace_s=60)
            kept = Application.objects.get(id=here.application).retired_keys
            assert {key.hash for key in kept} >= set(before)
            assert len(kept) == len(before) + 2


def test_a_signature_that_comes_back_is_not_taken_for_complete(here: PortalHere) -> None:
    versions = {"match": "1", "colors": "1"}
    with here.app.app_context():
        both = {"signatures": ["match", "colors"]}
        update_application(Application.objects.get(id=here.application), both, versions=versions)
        Application.objects(id=here.application).update(set__described_versions=versions)
        stale = Application.objects.get(id=here.application)
        alone = {"signatures": ["match"]}
        update_application(Application.objects.get(id=here.application), alone, versions=versions)

        update_application(stale, both, versions=versions)

        found = Application.objects.get(id=here.application)
        assert found.signatures == ["match", "colors"]
        assert "colors" not in found.described_versions


@plain_only
def test_two_who_join_an_organisation_at_once_are_both_members(here: PortalHere) -> None:
    from udata_mediadb.hosts import plain_accounts

    with here.app.app_context():
        organization = current_host().create_organization("Museum", here.user)
        users = [
            plain_accounts.create_user(name, f"{name}@example.org", admin=False)
            for name in ("bob", "eve")
        ]
        stale = [plain_accounts.find_organization(organization) for _ in users]
        for held, user in zip(stale, users, strict=True):
            plain_accounts.set_member(held, user, "editor")
        plain_accounts.set_member(stale[0], users[0], "admin")

        members = plain_accounts.find_organization(organization).members
        roles = {member.user: member.role for member in members}
        assert roles == {here.user.id: "admin", users[0].id: "admin", users[1].id: "editor"}
