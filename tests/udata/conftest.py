"""A real udata in this process; everything here is left out on the plain host."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mongoengine
import pytest
from flask import Flask

from ..hosts import HOST

if HOST != "udata":
    collect_ignore_glob = ["test_*.py"]
else:
    from ..hosts.udata import new_app

NewApp = Callable[..., Flask]


@pytest.fixture
def make_app(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[NewApp]:
    """Makes a udata on one empty database, with the plugin as udata itself finds it."""

    def make(**settings: Any) -> Flask:
        return new_app(f"{mongodb_uri.rstrip('/')}/{database_name}", tmp_path / "fs", **settings)

    yield make
    mongoengine.disconnect_all()


@pytest.fixture
def app(make_app: NewApp) -> Flask:
    return make_app()
