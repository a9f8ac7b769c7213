"""Waiting for what comes about by itself: as long as needed, never a fixed time."""

import time
from collections.abc import Callable

# Far more than a quiet machine needs: only what never comes about takes so long.
PATIENCE_S = 300.0
POLL_S = 0.01


def eventually(holds: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Return as soon as it holds; fail where it does not within `patience_s`."""
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, f"this did not come about within {patience_s:.0f} s: {holds}"
        time.sleep(POLL_S)
