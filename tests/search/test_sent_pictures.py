"""A picture that is sent is decoded and described once; and again for nobody else's knowledge."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from udata_mediadb.application.models import Application
from udata_mediadb.imaging import Picture, decode
from udata_mediadb.recognition.colors import ColorsSignature
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.signature import Signature
from udata_mediadb.recognition.similarity.signature import SimilaritySignature
from udata_mediadb.search.models import KeptQuery
from udata_mediadb.search.sent import SentPicture, SentPictures

from ..images import jpeg
from ..portal_here import PortalHere, new_application, portal_here

SIGNATURES = ["match", "similarity", "colors"]


@dataclass
class Counting:
    """A signature that counts how often it is asked to describe."""

    name: str = "counting"
    version: str = "1"
    described: list[Picture] = field(default_factory=list)

    def describe(self, picture: Picture) -> dict[str, int]:
        self.described.append(picture)
        return {"width": picture.width}


def a_picture() -> Picture:
    return decode(jpeg(1, 64, 48), max_pixels=10**6, side=512)


def test_it_is_decoded_and_described_once() -> None:
    decoded = []

    def decoding() -> Picture:
        decoded.append(1)
        return a_picture()

    sent, signature = SentPicture(decoding), Counting()

    first, second = (sent.described(signature) for _ in range(2))  # type: ignore[arg-type]

    assert first == second == {"width": 64}
    assert first is not second
    assert len(decoded) == len(signature.described) == 1


def test_what_comparing_adds_to_a_description_stays_with_the_request() -> None:
    sent = SentPictures().of("1", "user ada", a_picture)
    signature = MatchSignature()
    first = sent.described(signature)
    _ = first.vectors

    assert "vectors" in vars(first)
    assert "vectors" not in vars(sent.described(signature))


def test_a_picture_that_somebody_sent_again_is_neither_decoded_nor_described() -> None:
    pictures, signature = SentPictures(), Counting()
    pictures.of("1", "user ada", a_picture).described(signature)  # type: ignore[arg-type]

    def refusing() -> Picture:
        raise AssertionError

    again = pictures.of("1", "user ada", refusing)

    assert again.is_described
    assert again.described(signature) == {"width": 64}  # type: ignore[arg-type]


@pytest.mark.parametrize("other", ["user eve", None])
def test_nothing_is_known_of_what_others_sent(other: str | None) -> None:
    pictures, signature = SentPictures(), Counting()
    for whose in ("user ada", None):
        pictures.of("1", whose, a_picture).described(signature)  # type: ignore[arg-type]

    assert not pictures.of("1", other, a_picture).is_described


def test_the_oldest_is_forgotten() -> None:
    pictures, signature = SentPictures(most=2), Counting()
    for sha256 in ("1", "2", "1", "3"):
        pictures.of(sha256, "user ada", a_picture).described(signature)  # type: ignore[arg-type]

    known = {one: pictures.of(one, "user ada", a_picture).is_described for one in "132"}
    assert known == {"1": True, "3": True, "2": False}


@pytest.fixture
def described(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each signature described a picture."""
    counts: Counter[str] = Counter()
    for signature in (MatchSignature, SimilaritySignature, ColorsSignature):

        def counted(self: Signature[Any], picture: Picture, of: Any = signature.describe) -> object:
            counts[self.name] += 1
            return of(self, picture)

        monkeypatch.setattr(signature, "describe", counted)
    return counts


@pytest.fixture
def here(mongodb_uri: str, tmp_path: Path) -> Iterator[PortalHere]:
    with portal_here(f"{mongodb_uri.rstrip('/')}/mediadb_test_sent", tmp_path) as portal:
        yield portal
    with MongoClient(mongodb_uri) as client:
        client.drop_database("mediadb_test_sent")


def test_pages_of_a_search_describe_the_picture_once(
    here: PortalHere, described: Counter[str]
) -> None:
    application = new_application(here.app, here.user, signatures=SIGNATURES)
    for _ in range(3):
        data = {"application": application, "image": (BytesIO(jpeg(1, 320, 240)), "a.jpg")}
        assert here.post("media/", data=data).status_code == 201
    described.clear()

    def search(page: int) -> Any:
        data = {"application": application, "page_size": 1, "page": page}
        picture = jpeg(1, 300, 225)
        return here.post("search/", data={**data, "image": (BytesIO(picture), "q.jpg")}).json

    first, second = search(1), search(2)

    assert first["total"] == second["total"] == 3
    assert first["data"][0]["media"]["id"] != second["data"][0]["media"]["id"]
    assert described == dict.fromkeys(SIGNATURES, 1)
    assert here.get(first["next_page"]).json["data"][0] == second["data"][0]
    assert described == dict.fromkeys(SIGNATURES, 1)
    with here.app.app_context():
        assert KeptQuery.objects(application=application).count() == 1


def test_with_a_public_key_nothing_is_remembered(here: PortalHere, described: Counter[str]) -> None:
    application = new_application(here.app, here.user, public=True)
    with here.app.app_context():
        key = Application.objects.get(id=application).public_key

    for _ in range(2):
        image = (BytesIO(jpeg(1, 300, 225)), "q.jpg")
        client = here.app.test_client()
        answer = client.post(
            "/api/1/mediadb/search/", data={"image": image}, headers={"api-key": key}
        )
        assert answer.status_code == 200

    assert described["match"] == 2


def test_what_cannot_be_decoded_is_refused_as_often_as_it_comes(here: PortalHere) -> None:
    cut = jpeg(1, 320, 240)[:40]
    for _ in range(2):
        data = {"application": here.application, "image": (BytesIO(cut), "q.jpg")}
        assert here.post("search/", data=data).status_code == 415
