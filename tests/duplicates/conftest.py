"""Groups of duplicates of a portal in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..portal_here import PortalHere, portal_here


@pytest.fixture
def here(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[PortalHere]:
    uri = mongodb_uri.rstrip("/") + f"/{database_name}"
    with portal_here(uri, tmp_path, MEDIADB_JOBS_IN_WEB=False) as found:
        yield found
