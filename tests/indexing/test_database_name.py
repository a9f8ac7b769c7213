"""A cluster tells databases apart, copies of one too."""

import re

import pytest

from udata_mediadb.errors import Unavailable
from udata_mediadb.indexing.models import CLUSTER, ClusterLayout
from udata_mediadb.indexing.shards.client import ClusterClient, NoDoor
from udata_mediadb.indexing.shards.database_name import database_name

NOBODY = "http://127.0.0.1:9"  # nobody listens there


def layout(**fields: object) -> ClusterLayout:
    values = {"number": 1, "shards": 1, "copies": 1, "secret": "s", **fields}
    return ClusterLayout(id=CLUSTER, **values).save()


def test_a_database_keeps_its_name(database: str) -> None:
    first = database_name(make=True)
    layout()

    assert database_name() == database_name(make=True) == first
    assert re.fullmatch(r"[a-z0-9-]+-[0-9a-f]{8}", first)


def test_a_database_that_was_restored_has_another_name(database: str) -> None:
    first = database_name(make=True)
    ClusterLayout._get_collection().drop()

    assert database_name() == ""
    assert database_name(make=True) != first


def test_a_copy_asks_nobody_and_says_what_to_do(database: str) -> None:
    layout(database="portal-00000000")
    with pytest.raises(NoDoor) as refused:
        ClusterClient([NOBODY]).ask("/shortlists", b"question")

    assert "those of the database portal-00000000" in str(refused.value.why)
    assert "mediadb-cluster start" in str(refused.value.why)


@pytest.mark.parametrize("whose", ["its own", "an earlier version's"])
def test_its_own_layout_is_followed(database: str, whose: str) -> None:
    layout(database=database_name(make=True) if whose == "its own" else None)
    with pytest.raises(Unavailable) as away:
        ClusterClient([NOBODY]).ask("/shortlists", b"question", 0.2)

    assert getattr(away.value, "why", "") is None
