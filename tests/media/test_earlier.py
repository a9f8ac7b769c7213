"""What a killed upload left is no media yet: a repeat with its Idempotency-Key stores it anew."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from udata_mediadb.media.models import ACTIVE, DELETED, PENDING, PURGED, Media
from udata_mediadb.media.pending import GIVEN_UP_AFTER
from udata_mediadb.mongo.clock import now
from udata_mediadb.web.models import OnceAnswered

from ..images import jpeg
from ..portal_here import portal_here

LONG_AGO = 2 * max(GIVEN_UP_AFTER, timedelta(minutes=1))


@pytest.fixture
def uri(mongodb_uri: str, database_name: str) -> str:
    return f"{mongodb_uri.rstrip('/')}/{database_name}"


@pytest.mark.parametrize(
    ("left", "then"), [(PENDING, ACTIVE), (PURGED, ACTIVE), (ACTIVE, ACTIVE), (DELETED, DELETED)]
)
def test_a_repeat_is_answered_whatever_the_first_try_left(
    uri: str, tmp_path: Path, left: str, then: str
) -> None:
    key = {"Idempotency-Key": "once"}
    with portal_here(uri, tmp_path / "files") as here, here.app.app_context():

        def send() -> tuple[int, str]:
            image = (BytesIO(jpeg(1)), "a.jpg")
            sent = {"application": here.application, "name": "A", "image": image}
            answer = here.post("media/", data=sent, headers=key)
            return answer.status_code, answer.json.get("id", answer.text)

        status, media = send()
        Media.objects(id=media).update(state=left, created_at=now() - LONG_AGO)
        OnceAnswered.objects.update(answer=None, status=None, at=now() - LONG_AGO)

        assert (status, send()) == (201, (201, media))
        assert Media.objects.get(id=media).state == then
        assert Media.objects.count() == 1
        if then == ACTIVE:
            assert here.get(f"media/{media}/files/original/").data == jpeg(1)
