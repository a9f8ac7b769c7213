"""A list that is narrowed twice begins with what the fewest media have, and finds the same."""

from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from udata_mediadb.filters.compose import compose
from udata_mediadb.filters.query_string import read_criteria
from udata_mediadb.filters.terms import terms_of
from udata_mediadb.media import leading
from udata_mediadb.media.leading import led
from udata_mediadb.media.listing import active_in
from udata_mediadb.media.models import Media

from ..hosts import plain_only
from ..images import jpeg
from ..many import add_copies
from ..portal_here import portal_here

pytestmark = [pytest.mark.server, plain_only]
RARE, COUNT = 20, 3000


@pytest.fixture(scope="module")
def application(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """3,000 media with a frequent keyword and a year, 20 of them with a rare one."""
    uri = f"{mongodb_uri.rstrip('/')}/mediadb_test_leading"
    with portal_here(uri, tmp_path_factory.mktemp("files")) as here, here.app.app_context():
        Media.drop_collection()
        Media.ensure_indexes()
        media = here.add(jpeg(1, 96, 64))["id"]
        for year in range(1900, 2000):
            keywords = ["frequent", *(["rare"] if year % 5 == 0 else [])]
            told = {"keywords": keywords, "metadata": {"year": year}}
            held = {**told, "terms": terms_of(keywords, {"year": year})}
            add_copies(media, 1, **held)
            plain = {"keywords": ["frequent"], "metadata": {"year": year}}
            add_copies(
                media, COUNT // 100 - 1, **plain, terms=terms_of(["frequent"], {"year": year})
            )
        yield here.application
        Media._get_collection().database.client.drop_database("mediadb_test_leading")


def wanted(application: str, **asked: Any) -> dict[str, Any]:
    return active_in(application, compose(read_criteria(MultiDict(asked))))


def examined(query: dict[str, Any]) -> tuple[int, int]:
    """How many it finds, and how many entries of the index that takes."""
    found = Media._get_collection().find(query).sort([("created_at", -1), ("_id", -1)])
    said = found.explain()["executionStats"]
    return said["nReturned"], said["totalKeysExamined"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"keyword": "rare", "metadata.year.gte": "1950"}, RARE // 2),
        ({"keyword": ["frequent", "rare"]}, RARE),
        ({"keyword": ["rare", "frequent"], "metadata.year.lt": "1950"}, RARE // 2),
        ({"keyword": "rare", "metadata.year.ne": "1950"}, RARE - 1),
    ],
)
def test_what_is_rare_is_begun_with(application: str, asked: dict[str, Any], found: int) -> None:
    query = wanted(application, **asked)
    count, keys = examined(led(query))

    assert count == examined(query)[0] == found
    assert keys <= 2 * RARE


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"keyword": "rare"},
        {"metadata.year.gte": "1950"},
        {"keyword": "nothing", "metadata.year.gte": "1950"},
        {"metadata.year.gte": "1950", "metadata.year.lt": "1960"},
    ],
)
def test_the_same_is_found_whatever_is_asked(application: str, asked: dict[str, Any]) -> None:
    query = wanted(application, **asked)

    assert Media.objects(__raw__=led(query)).count() == Media.objects(__raw__=query).count()


def test_what_is_frequent_is_left_as_it_is(
    application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then what MongoDB chooses may be better."""
    monkeypatch.setattr(leading, "FEW", 10)
    query = wanted(application, keyword=["frequent", "rare"])

    assert led(query) == query
