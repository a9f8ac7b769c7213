"""Of copies that are sent at the same moment one is the first, and every reading says so."""

from datetime import timedelta

import pytest

from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now

from ..images import jpeg
from ..portal_here import PortalHere, new_application
from .test_simultaneous_changes import at_once

COPIES = 6


def sent_at_once(here: PortalHere, image: bytes) -> list[tuple[int, dict[str, object]]]:
    answers: list[tuple[int, dict[str, object]]] = []

    def send() -> None:
        answer = here.upload(image)
        answers.append((answer.status_code, answer.json))

    at_once([send] * COPIES)
    return answers


def test_all_but_one_name_the_same_first_in_every_reading(here: PortalHere) -> None:
    for seed in range(3):
        answers = sent_at_once(here, jpeg(seed, 160, 120))

        assert [status for status, _ in answers] == [201] * COPIES
        media = {one["id"]: one["duplicate_of"] for _, one in answers}
        (first,) = (identifier for identifier, named in media.items() if named is None)
        assert {named for named in media.values() if named} == {first}
        for identifier, named in media.items():
            assert here.get(f"media/{identifier}/").json["duplicate_of"] == named
        listed = here.get("media/", query_string={"page_size": 100}).json["data"]
        assert {one["id"]: one["duplicate_of"] for one in listed}.items() >= media.items()


def test_an_application_that_rejects_duplicates_takes_one(here: PortalHere) -> None:
    options = {"default": {"duplicates": "reject"}}
    here.application = new_application(here.app, here.user, options=options)
    for seed in range(3):
        answers = sent_at_once(here, jpeg(seed, 160, 120))

        assert sorted(status for status, _ in answers) == [201] + [409] * (COPIES - 1)
        (stored,) = (one["id"] for status, one in answers if status == 201)
        assert all(str(stored) in str(one) for status, one in answers if status == 409)
    assert Media.objects.count() == 3


def test_a_deleted_media_is_no_first_and_is_restored_in_its_place(here: PortalHere) -> None:
    image = jpeg(1, 160, 120)
    old = here.add(image)["id"]
    here.delete(f"media/{old}/")

    new = here.add(image)
    assert new["duplicate_of"] is None
    assert here.post(f"media/{old}/restore/").json["duplicate_of"] == new["id"]
    here.put(
        f"applications/{here.application}/",
        json={"options": {"default": {"duplicates": "reject"}}},
    )
    here.delete(f"media/{old}/")
    assert here.post(f"media/{old}/restore/").status_code == 409
    here.delete(f"media/{new['id']}/?force=true")
    assert here.post(f"media/{old}/restore/").json["duplicate_of"] is None
    assert here.upload(image).status_code == 409


@pytest.mark.parametrize("reject", [False, True])
def test_one_whose_writer_was_killed_long_ago_is_no_first(here: PortalHere, reject: bool) -> None:
    options = {"default": {"duplicates": "reject"}} if reject else {}
    here.application = new_application(here.app, here.user, options=options)
    image = jpeg(1, 160, 120)
    left = here.add(image)["id"]
    Media.objects(id=left).update(
        set__state="pending", set__created_at=now() - timedelta(minutes=2)
    )

    assert here.add(image)["duplicate_of"] is None
    assert Media.objects(id=left).first() is None
    assert here.command("check")[0] == 0


def test_what_an_earlier_version_stored_counts_as_the_first(here: PortalHere) -> None:
    image = jpeg(1, 160, 120)
    old = here.add(image)["id"]
    Media.objects(id=old).update(unset__first=True)

    assert here.add(image)["duplicate_of"] == old
