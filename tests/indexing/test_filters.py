"""A filter finds the same whether its media are read or its candidates are asked about."""

from typing import Any

import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.indexing.catalogs import Catalogs, MaintainedCatalog
from udata_mediadb.indexing.moment import Moment
from udata_mediadb.media.models import Media
from udata_mediadb.search.passing import Passing

from . import world
from .kinds import VECTORS

COUNT = 60  # more than ten times what is wanted: an answer of the index ends before all are seen
WANTED = 3


@pytest.fixture
def served(application: str) -> MaintainedCatalog:
    world.add_many(application, range(COUNT), VECTORS)
    return Catalogs({"vectors": VECTORS.method()}).get(application, "vectors")


def passing(application: str, names: list[int]) -> Passing:
    within = {"name": {"$in": [str(name) for name in names]}}
    return Passing(Application(id=application), within)


def nearest(application: str, served: MaintainedCatalog, names: list[int], seed: int) -> Any:
    """What the index says where it knows which media are wanted."""
    wanted = Media.objects(application=application, name__in=[str(name) for name in names])
    ids = [str(media.id) for media in wanted]
    return served.shortlist(VECTORS.description(seed), WANTED, ids)


@pytest.mark.parametrize(
    "names",
    [
        list(range(COUNT)),
        list(range(0, COUNT, 2)),
        list(range(0, COUNT, 5)),  # too few among the first that are asked about
        [7, 50],
        [51],
        [],
    ],
    ids=len,
)
def test_the_nearest_of_those_that_pass(
    application: str, served: MaintainedCatalog, names: list[int]
) -> None:
    asked = [VECTORS.description(seed) for seed in (4, 50)]
    found = passing(application, names).shortlists(served, asked, WANTED, Moment(application))

    assert found == [nearest(application, served, names, seed) for seed in (4, 50)]


def test_what_is_deleted_does_not_pass(application: str, served: MaintainedCatalog) -> None:
    media = str(Media.objects(application=application, name="4").get().id)
    world.delete(application, media)
    asked = [VECTORS.description(4)]
    found = passing(application, list(range(COUNT))).shortlists(
        served, asked, WANTED, Moment(application)
    )

    assert len(found[0]) == WANTED
    assert media not in dict(found[0])
