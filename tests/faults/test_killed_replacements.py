"""Who is killed while replacing a picture leaves the earlier one or the new one, and no rest."""

import hashlib
from base64 import b64encode
from datetime import timedelta
from io import BytesIO

import pytest

from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.operations.recovery.at_start import mend_old

from ..images import jpeg
from ..portal_here import PortalHere
from .killed_at import killed_at

pytestmark = pytest.mark.xdist_group("kills")

WRITES_MAX = 20


def finds(here: PortalHere, image: bytes) -> list[str]:
    asked = {"image": (BytesIO(image), "a.jpg"), "signatures": "match"}
    answer = here.post("search/", data=asked)
    assert answer.status_code == 200, answer.text
    return [hit["media"]["id"] for hit in answer.json["data"]]


def in_a_url(image: bytes) -> str:
    return "data:image/jpeg;base64," + b64encode(image).decode()


def test_a_replacement_that_is_killed_is_whole_or_was_not(here: PortalHere) -> None:
    images = [jpeg(n, 320, 240) for n in range(WRITES_MAX + 2)]
    sums = [hashlib.sha256(one).hexdigest() for one in images]
    media = here.add(images[0])["id"]
    for writes in range(WRITES_MAX):
        before = sums.index(here.get(f"media/{media}/").json["sha256"])
        body = {"url": in_a_url(images[writes + 1])}
        killed = killed_at(writes, here, "PUT", f"media/{media}/file/", json=body)
        after = sums.index(here.get(f"media/{media}/").json["sha256"])
        assert after in (before, writes + 1), f"before write {writes}"
        assert finds(here, images[after]) == [media], f"before write {writes}"
        if after != before:
            assert finds(here, images[before]) == []
        assert finds(here, images[writes + 1]) == ([media] if after == writes + 1 else [])
        with here.app.app_context():
            Media.objects(replaced_at__exists=True).update(replaced_at=now() - timedelta(hours=1))
            mend_old(here.ingest)
            assert Media.objects(replaced_at__exists=True).count() == 0
        assert here.command("check", "--deep")[0] == 0, f"before write {writes}"
        if not killed:
            break
    assert writes >= 5, "it was to be killed between its writes"
    assert finds(here, images[writes + 1]) == [media]
    assert here.delete(f"media/{media}/?force=true").status_code == 204
    with here.app.app_context():
        assert Media.objects.count() == 0


def test_the_removal_of_an_earlier_picture_that_is_killed_is_finished(here: PortalHere) -> None:
    media = here.add(jpeg(0, 320, 240))["id"]
    for writes in range(WRITES_MAX):
        here.put(f"media/{media}/file/", json={"url": in_a_url(jpeg(writes + 1, 320, 240))})
        earlier = here.get(f"media/{media}/versions/").json["data"][-1]["id"]
        path = f"media/{media}/versions/{earlier}/"
        killed = killed_at(writes, here, "DELETE", path)
        here.command("reindex")
        assert here.command("check", "--deep")[0] == 0, f"before write {writes}"
        assert finds(here, jpeg(writes + 1, 320, 240)) == [media]
        if not killed:
            break
        shown = [one["id"] for one in here.get(f"media/{media}/versions/").json["data"]]
        assert (earlier in shown) == (writes == 0)
    assert writes >= 3
