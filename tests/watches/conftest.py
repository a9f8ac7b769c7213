"""Watches of a portal in this process, and their receiver."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from udata_mediadb.search.watches import delivering

from ..portal_here import PortalHere, portal_here
from .receiver import Receiver, receiving
from .world import SETTINGS

HOUR_S = 3600


@pytest.fixture
def here(
    mongodb_uri: str, database_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PortalHere]:
    """Where a message that failed waits until the test lets it go (`later`), on any machine."""
    monkeypatch.setattr(delivering, "WAITS_S", (HOUR_S, *delivering.WAITS_S[1:]))
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path, **SETTINGS) as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found
