"""The embedded MongoDB by itself, for a portal of one's own that is to be tried out."""

import time
from pathlib import Path

from .interruption import Interruption
from .mongod import EmbeddedMongod
from .server import require_alive

_WATCH_INTERVAL_S = 0.2


def run_mongod(directory: Path, port: int, interruption: Interruption) -> None:
    """Serve until an exception ends it: `Interrupted`, or DemoError when it fails.

    `port`: 0 takes a free one.
    """
    with EmbeddedMongod(directory, port=port) as mongod:
        print(f"MongoDB serves at {mongod.uri} from {directory}. Ctrl-C stops it.", flush=True)
        assert mongod.process is not None
        while True:
            interruption.raise_if_pending()
            require_alive(mongod.process, "MongoDB")
            time.sleep(_WATCH_INTERVAL_S)
