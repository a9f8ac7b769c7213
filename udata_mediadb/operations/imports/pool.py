"""The pool of processes that describes the pictures of an import, by the settings of the app."""

from collections.abc import Sequence

from flask import current_app

from ...indexing.versions import by_key
from ...media.current import current_ingest
from ...media.described import Described, Limits, Setup, describe_bytes
from ...media.describing_pool import DescribingPool, cores

# A process is there after 1 s of processor time: that of about fifteen pictures.
WORTH_IT = 32


def new_pool(items: int, processes: int | None = None) -> DescribingPool:
    """For an import of so many items; `processes`: None for the setting."""
    config, ingest = current_app.config, current_ingest()
    if processes is None:
        processes = config["MEDIADB_IMPORT_PROCESSES"]
    if processes is None:
        processes = cores() if items >= WORTH_IT else 0
    signatures = by_key(ingest.registry.values())
    limits = Limits(ingest.max_pixels, ingest.thumbnail_side_px, ingest.budget)
    setup = Setup(
        encoder=config["MEDIADB_SIMILARITY_ENCODER"],
        former_encoder=config["MEDIADB_SIMILARITY_FORMER_ENCODER"],
        max_pixels=ingest.max_pixels,
        thumbnail_side_px=ingest.thumbnail_side_px,
        decoding_bytes=ingest.budget.total_bytes,
        tunes=config["MEDIADB_TUNE_PROCESS"],
    )

    def here(data: bytes, keys: Sequence[str]) -> Described:
        return describe_bytes(data, {key: signatures[key] for key in keys}, limits)

    return DescribingPool(setup, min(processes, max(items, 1)), here)
