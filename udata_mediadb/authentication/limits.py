"""How often one caller may search or log in (the library `limits`, sliding windows)."""

import threading
import time
from collections.abc import Iterable
from math import ceil
from typing import Any, Literal

import limits
from flask import current_app
from limits.storage import MemoryStorage, MongoDBStorage, Storage
from limits.strategies import SlidingWindowCounterRateLimiter
from mongoengine.connection import get_connection, get_db
from pymongo import MongoClient

from ..errors import MediaDBError, TooManyRequests

What = Literal["search", "anonymous", "login"]


class PortalMongoStorage(MongoDBStorage):
    """Counters in the portal's database, over the portal's own connection."""

    STORAGE_SCHEME = ["mediadb"]

    def __init__(self) -> None:
        super().__init__(
            "mediadb://",
            database_name=get_db().name,
            counter_collection_name="mediadb_limit_counter",
            window_collection_name="mediadb_limit_window",
        )

    def _init_mongo_client(self, uri: str | None, **options: Any) -> MongoClient[Any]:
        client: MongoClient[Any] = get_connection()
        return client


class RateLimiter:
    """The counters of one app: of each worker (`memory`), or of all together (`mongodb`)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, SlidingWindowCounterRateLimiter] = {}

    def check(self, what: What, callers: Iterable[str]) -> None:
        """Count this request for each of these callers; TooManyRequests where one is over."""
        config = current_app.config
        rate = config[f"MEDIADB_LIMIT_{what.upper()}"]
        if not rate:
            return
        limit, strategy = _parsed(rate), self._strategy(config["MEDIADB_LIMIT_STORAGE"])
        for caller in callers:
            if not strategy.hit(limit, what, caller):
                reset = strategy.get_window_stats(limit, what, caller).reset_time
                wait = max(1, ceil(reset - time.time()))
                raise TooManyRequests(f"More than {rate}: wait {wait} s.", wait)

    def _strategy(self, kind: str) -> SlidingWindowCounterRateLimiter:
        with self._lock:
            if kind not in self._made:
                self._made[kind] = SlidingWindowCounterRateLimiter(_storage(kind))
            return self._made[kind]


def _storage(kind: str) -> Storage:
    if kind == "memory":
        return MemoryStorage()
    if kind == "mongodb":
        return PortalMongoStorage()
    raise MediaDBError(f"MEDIADB_LIMIT_STORAGE is memory or mongodb, not {kind!r}.")


def _parsed(rate: str) -> limits.RateLimitItem:
    try:
        return limits.parse(rate)
    except ValueError as exc:
        raise MediaDBError(f"{rate!r} is no rate; write it as 60/minute.") from exc


def current_rates() -> RateLimiter:
    """Those of the current app."""
    found: RateLimiter = current_app.extensions["mediadb"].rates
    return found
