"""A real udata in this process; everything here is left out in runs on another host."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from ..connections import disconnect
from ..hosts import HOST, current_host

if HOST != "udata":
    collect_ignore_glob = ["test_*.py"]

NewApp = Callable[..., Flask]


@pytest.fixture
def make_app(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[NewApp]:
    """Makes a udata on one empty database, with the plugin as udata itself finds it."""

    def make(**settings: Any) -> Flask:
        uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
        app: Flask = current_host().new_app(uri, tmp_path / "fs", **settings)
        return app

    yield make
    disconnect()


@pytest.fixture
def app(make_app: NewApp) -> Flask:
    return make_app()
