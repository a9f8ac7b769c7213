"""A real udata in this process; everything here is left out on the plain host."""

from collections.abc import Iterator
from pathlib import Path

import mongoengine
import pytest
from flask import Flask

from ..hosts import HOST

if HOST != "udata":
    collect_ignore_glob = ["test_*.py"]
else:
    from ..hosts.udata import new_app


@pytest.fixture
def app(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[Flask]:
    """udata on an empty database, with the plugin mounted as udata itself finds it."""
    mongoengine.disconnect_all()
    yield new_app(f"{mongodb_uri.rstrip('/')}/{database_name}", tmp_path)
    mongoengine.disconnect_all()
