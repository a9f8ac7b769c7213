"""The MongoEngine connection, where the portal has none of its own."""

import mongoengine
from flask import Flask
from mongoengine.connection import DEFAULT_CONNECTION_NAME, _connection_settings

# A search that cannot reach MongoDB answers 503 after this, not after pymongo's 30 s.
SERVER_SELECTION_MS = 3000


def connect(app: Flask) -> None:
    """Connect MongoEngine's default alias to `MEDIADB_MONGODB_URI` unless it is connected.

    Connects lazily, so workers may fork afterwards.
    """
    if DEFAULT_CONNECTION_NAME in _connection_settings:  # asking for it would open it
        return
    mongoengine.connect(
        host=app.config["MEDIADB_MONGODB_URI"],
        alias=DEFAULT_CONNECTION_NAME,
        uuidRepresentation="standard",
        serverSelectionTimeoutMS=SERVER_SELECTION_MS,
        connect=False,
        tz_aware=True,
        w="majority",
        journal=True,  # as in durability, for what is written through MongoEngine
    )
