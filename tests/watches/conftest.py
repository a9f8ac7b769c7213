"""Watches of a portal in this process, and their receiver."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..portal_here import PortalHere, portal_here
from .receiver import Receiver, receiving
from .world import SETTINGS


@pytest.fixture
def here(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[PortalHere]:
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path, **SETTINGS) as found:
        yield found


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found
