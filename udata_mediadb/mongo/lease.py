"""One at a time over all machines: a document that names a holder and an end, renewed meanwhile.

It only saves double work, since a holder that is stopped for longer than its lease goes on when it
wakes: what must not happen twice is made impossible where it happens. The clock is MongoDB's.
"""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from mongoengine import DateTimeField, StringField
from pymongo.errors import DuplicateKeyError, PyMongoError

from .documents import DurableDocument, durable

logger = logging.getLogger(__name__)

LEASE_S = 60.0  # a holder that was killed is followed after this; its work is minutes
RENEWALS = 4  # within a lease: three may fail


class Lease(DurableDocument):
    """Who holds what until when. `id`: what; `owner`: machine, process and a number of its own."""

    id = StringField(primary_key=True)
    owner = StringField(required=True)
    until = DateTimeField(required=True)

    meta = {"collection": "mediadb_lease"}


@contextmanager
def lease(name: str, lease_s: float = LEASE_S) -> Iterator[bool]:
    """Whether this thread holds `name` for the time of the block; False where another does.

    PyMongoError where the database cannot be asked.
    """
    owner = f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}"
    if not _take(name, owner, lease_s):
        yield False
        return
    over = threading.Event()
    renewing = threading.Thread(
        target=_renew, args=(name, owner, lease_s, over), name=f"lease of {name}", daemon=True
    )
    renewing.start()
    try:
        yield True
    finally:
        over.set()
        renewing.join()
        _give_back(name, owner)


def _take(name: str, owner: str, lease_s: float) -> bool:
    leases = durable(Lease)
    over = {"_id": name, "$expr": {"$lt": ["$until", "$$NOW"]}}
    held = [_held_by(owner, lease_s)]
    if leases.update_one(over, held).matched_count:
        return True
    try:
        leases.update_one({"_id": name, "until": {"$exists": False}}, held, upsert=True)
    except DuplicateKeyError:
        return False
    return True


def _renew(name: str, owner: str, lease_s: float, over: threading.Event) -> None:
    while not over.wait(lease_s / RENEWALS):
        try:
            durable(Lease).update_one({"_id": name, "owner": owner}, [_held_by(owner, lease_s)])
        except PyMongoError as exc:
            logger.warning("The lease of %s was not renewed: %s", name, exc)


def _give_back(name: str, owner: str) -> None:
    try:
        durable(Lease).delete_one({"_id": name, "owner": owner})
    except PyMongoError as exc:
        logger.warning("The lease of %s ends by itself: %s", name, exc)


def _held_by(owner: str, lease_s: float) -> dict[str, Any]:
    until = {"$add": ["$$NOW", int(lease_s * 1000)]}  # milliseconds
    return {"$set": {"owner": owner, "until": until}}
