"""What a worker must find."""

from udata_mediadb.indexing.catalog import Catalog

from .kinds import MATCH, Kind


def best(catalog: Catalog, seed: int, kind: Kind = MATCH) -> str | None:
    """The media that the query of this seed finds first."""
    found = catalog.shortlist(kind.description(seed), 3)
    return found[0][0] if found else None


def check(
    catalog: Catalog, stored: dict[int, str], gone: dict[int, str], kind: Kind = MATCH
) -> None:
    """Everything stored is found first by its own query, nothing that is gone at all."""
    assert {seed: best(catalog, seed, kind) for seed in stored} == stored
    for seed, media in gone.items():
        ids = [identifier for identifier, _ in catalog.shortlist(kind.description(seed), 99)]
        assert media not in ids
