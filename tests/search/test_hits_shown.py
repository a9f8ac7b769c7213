"""Which of what several signatures found is shown, told before any document is read."""

import pytest

from udata_mediadb.media.models import Media
from udata_mediadb.recognition.signature import Comparison
from udata_mediadb.search.query import is_sure, ranked_hits

LEAST = {"match": 0.0, "similarity": 0.2, "colors": 0.99}


def found(**confidences: float) -> dict[str, Comparison]:
    """What signatures found, all accepted."""
    return {
        name: Comparison("match" if name == "match" else "similar", 0.3, {"confidence": sure})
        for name, sure in confidences.items()
    }


@pytest.mark.parametrize(
    ("comparisons", "shown"),
    [
        (found(match=0.1), True),
        (found(colors=0.98), False),  # alone it must be surer
        (found(colors=0.99), True),
        (found(similarity=0.3, colors=0.5), True),  # the best one decides, colors is only told
        (found(similarity=0.1, colors=1.0), False),
        (found(blend=0.4), False),  # has no least score of its own: the common one
        (found(blend=0.5), True),
    ],
)
def test_the_best_signature_decides_whether_a_hit_is_shown(
    comparisons: dict[str, Comparison], shown: bool
) -> None:
    assert is_sure(comparisons, LEAST, 0.5) == shown
    hits = ranked_hits([(Media(id="a"), comparisons)], LEAST, 0.5)
    assert [hit.media.id for hit in hits] == (["a"] if shown else [])


def test_an_accepted_comparison_decides_before_a_better_signature_that_refused() -> None:
    comparisons = found(colors=1.0) | {"match": Comparison("rejected_geometry", 0.9, {})}
    assert is_sure(comparisons, LEAST, 0.5)
