"""The one client of MongoDB that a process has."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from mongoengine import connection

from udata_mediadb.mongo.connection import connect

from .connections import disconnect
from .faults.simultaneous import at_once

NOBODY = "mongodb://127.0.0.1:9/portal"  # nothing is asked of it


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Clients that were made. Each takes a while, in which others would make theirs."""
    clients: list[Any] = []
    make = connection._create_connection

    def slowly(**settings: Any) -> Any:
        time.sleep(0.05)
        clients.append(make(**settings))
        return clients[-1]

    monkeypatch.setattr(connection, "_create_connection", slowly)
    disconnect()
    yield clients
    disconnect()


def test_apps_that_are_made_at_once_share_one_client(made: list[Any]) -> None:
    app = Flask("portal")
    app.config["MEDIADB_MONGODB_URI"] = NOBODY

    at_once([lambda: connect(app)] * 4)

    assert len(made) == 1
