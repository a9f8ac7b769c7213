"""How long a lost machine may keep a search, by the waits that the product itself allows."""

import re
from pathlib import Path

import pytest

from udata_mediadb.indexing.shards import client

COPIES = Path(client.__file__).parents[2] / "cluster" / "copies.py"
LONGEST_S = 1.5  # the acceptance of a cluster, docs/benchmarks/cluster.md
SEARCH_S = 0.35  # what is left for the search itself, twice where its rounds begin again


def patience_of_copies() -> float:
    """Read, not imported: this suite runs where there is no Ray."""
    line = r"MOST_PATIENCE_S = [\d.]+, [\d.]+, ([\d.]+)$"
    found = re.search(line, COPIES.read_text(), re.MULTILINE)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("lost", ["a door, then a copy", "a copy in each round", "no connection"])
def test_a_lost_machine_keeps_a_search_for_less_than_it_may(lost: str) -> None:
    copy_s = patience_of_copies()
    waited = {
        "a door, then a copy": client.MOST_PATIENCE_S + copy_s + SEARCH_S,
        "a copy in each round": 2 * copy_s + 2 * SEARCH_S,
        "no connection": client.CONNECT_S + copy_s + SEARCH_S,
    }

    assert waited[lost] <= LONGEST_S
