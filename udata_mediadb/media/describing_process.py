"""A process that does nothing but describe pictures for another one: see `describing_pool`.

    python -m udata_mediadb.media.describing_process DESCRIPTOR

It reads from a socket that its starter holds the other end of, and ends when that end is closed, by
whatever: a kill -9 of the starter leaves none behind. It knows no app, no MongoDB and no secret.
"""

import signal
import sys
from functools import partial
from multiprocessing.connection import Connection

from ..imaging import DecodingBudget
from ..indexing.versions import by_key
from ..recognition.process import ProcessTuning
from ..recognition.registry import new_registry
from .described import Limits, Setup, describe_bytes, refused_or


def serve(other: Connection) -> None:
    """Describe what comes until the other end is closed: EOFError then."""
    setup: Setup = other.recv()
    signatures = by_key(new_registry(setup.encoder, setup.former_encoder).values())
    limits = Limits(setup.max_pixels, setup.thumbnail_side_px, DecodingBudget(setup.decoding_bytes))
    tuning = ProcessTuning(threads=1)  # there is one such process for each core
    other.send(True)
    while True:
        data, keys = other.recv()
        if setup.tunes:
            tuning.ensure()
        named = {key: signatures[key] for key in keys}
        other.send(refused_or(partial(describe_bytes, data, named, limits)))


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, it is for the starter
    with Connection(int(sys.argv[1])) as other:
        try:
            serve(other)
        except (EOFError, ConnectionError):
            return


if __name__ == "__main__":
    main()
