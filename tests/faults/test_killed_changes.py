"""A process that is killed before any of its writes leaves nothing acknowledged out of reach."""

from io import BytesIO

import pytest

from udata_mediadb.media.models import Media

from ..images import jpeg
from ..portal_here import PortalHere
from .killed_at import killed_at

pytestmark = pytest.mark.xdist_group("kills")

WRITES_MAX = 12


def finds(here: PortalHere, image: bytes) -> list[str]:
    answer = here.post("search/", data={"image": (BytesIO(image), "a.jpg")})
    assert answer.status_code == 200, answer.text
    return [hit["media"]["id"] for hit in answer.json["data"]]


def test_a_restore_that_is_killed_can_be_asked_for_again(here: PortalHere) -> None:
    image = jpeg(1, 320, 240)
    media = here.add(image)["id"]
    here.delete(f"media/{media}/")
    for writes in range(WRITES_MAX):
        killed = killed_at(writes, here, "POST", f"media/{media}/restore/")
        if not killed:
            break
        status = here.get(f"media/{media}/").status_code
        assert status in (200, 410), f"before write {writes}"
        if status == 410:
            assert media not in finds(here, image)
            assert here.post(f"media/{media}/restore/").status_code == 200
        assert finds(here, image) == [media]
        assert here.delete(f"media/{media}/").status_code == 204
        assert finds(here, image) == []
    assert writes >= 3, "the restore was to be killed between its writes"
    assert finds(here, image) == [media]


def test_a_restore_that_is_killed_hinders_no_purge(here: PortalHere) -> None:
    for writes in range(3):
        image = jpeg(2 + writes, 320, 240)
        media = here.add(image)["id"]
        here.delete(f"media/{media}/")
        assert killed_at(writes, here, "POST", f"media/{media}/restore/")

        assert here.delete(f"media/{media}/?force=true").status_code == 204

        assert Media.objects(id=media).first() is None
        assert finds(here, image) == []
        assert here.command("check")[0] == 0


@pytest.mark.parametrize("change", [{"name": "owl", "keywords": ["night"]}])
def test_an_update_that_is_killed_is_whole_or_was_not(
    here: PortalHere, change: dict[str, object]
) -> None:
    media = here.add(jpeg(9, 320, 240), name="lion")["id"]
    for writes in range(WRITES_MAX):
        if not killed_at(writes, here, "PUT", f"media/{media}/", json=change):
            break
        assert here.command("check")[0] == 0
    assert here.get(f"media/{media}/").json["name"] == "owl"
