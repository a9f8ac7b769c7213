"""What a worker must find."""

from udata_mediadb.indexing.catalog import Catalog

from . import world


def best(catalog: Catalog, seed: int) -> str | None:
    """The media that the query of this seed finds first."""
    found = catalog.shortlist(world.description(seed), 3)
    return found[0][0] if found else None


def check(catalog: Catalog, stored: dict[int, str], gone: dict[int, str]) -> None:
    """Everything stored is found first by its own query, nothing that is gone at all."""
    assert {seed: best(catalog, seed) for seed in stored} == stored
    for seed, media in gone.items():
        ids = [identifier for identifier, _ in catalog.shortlist(world.description(seed), 99)]
        assert media not in ids
