"""The MongoEngine connection, where the portal has none of its own."""

import threading

import mongoengine
from flask import Flask
from mongoengine.connection import DEFAULT_CONNECTION_NAME, _connection_settings

# A search that cannot reach MongoDB answers 503 after this, not after pymongo's 30 s.
SERVER_SELECTION_MS = 3000
_SERVER_SELECTION = "serverselectiontimeoutms"  # pymongo knows its options in any case
# MongoEngine itself would make a client for each thread, and close one of them.
_CONNECTING = threading.Lock()


def connect(app: Flask) -> None:
    """Connect MongoEngine's default alias to `MEDIADB_MONGODB_URI` unless it is connected.

    Connects lazily, so workers may fork afterwards. Apps that are made at once share one client.
    """
    with _CONNECTING:
        if DEFAULT_CONNECTION_NAME not in _connection_settings:  # asking for it would open it
            _connect(app)


def _connect(app: Flask) -> None:
    uri = app.config["MEDIADB_MONGODB_URI"]
    # an argument would win over the same option in the URI
    waits = {} if _SERVER_SELECTION in uri.lower() else {_SERVER_SELECTION: SERVER_SELECTION_MS}
    mongoengine.connect(
        host=uri,
        alias=DEFAULT_CONNECTION_NAME,
        uuidRepresentation="standard",
        **waits,
        connect=False,
        tz_aware=True,
        w="majority",
        journal=True,  # as in durability, for what is written through MongoEngine
    )
