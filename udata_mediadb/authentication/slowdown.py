"""Slowing down whoever guesses passwords, shared by all workers through MongoDB.

Three counts, each with free failures and then waits that double: of one account from one address,
of one address, and of one account from anywhere. Only the last could hit someone else, so its wait
is short, and an address from which the account was entered lately is exempt from it: nobody can
lock another out. Accounts that do not exist are counted alike, so the answers tell nothing.

An attempt is counted before the password is looked at, so many at once gain nothing.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from mongoengine import DateTimeField, Document, IntField, StringField
from pymongo import ReturnDocument, WriteConcern
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from ..crypto.keyring import Keyring
from ..crypto.keys import key_hashes
from ..errors import TooManyRequests
from ..mongo.clock import now, utc
from .address import caller_address
from .keyring import current_keyring

FORGET = timedelta(minutes=15)  # after the last failure
TRUST = timedelta(days=30)

# A login costs half a dozen writes, and a count that a crash forgets harms nobody.
_QUICK = WriteConcern(w=1, j=False)


class LoginAttempts(Document):
    """Failures that count against one account, address or pair; the id is a keyed hash of it."""

    id = StringField(primary_key=True)
    failures = IntField(default=0)
    blocked_until = DateTimeField()
    expires_at = DateTimeField()

    meta = {
        "collection": "mediadb_login_attempts",
        "indexes": [{"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }


@dataclass(frozen=True)
class Count:
    """One of the three counts. A person mistypes a few times; an office shares one address."""

    ids: list[str]  # under each of the portal's secrets, the newest first
    free: int
    longest_wait_s: int

    @property
    def id(self) -> str:
        return self.ids[0]


def attempt_login(account: str, check: Callable[[], str | None]) -> str | None:
    """What `check` gives (the user's id, None for a wrong password), unless it is too soon.

    TooManyRequests, without asking `check`, while an earlier failure is being waited for.
    """
    address, account, keyring = caller_address(), account.strip().lower(), current_keyring()
    pair = _hashed("pair", f"{account} {address}", keyring)
    trust = [f"trust-{one}" for one in pair]
    counts = [Count(pair, 5, 60), Count(_hashed("address", address, keyring), 30, 60)]
    if LoginAttempts.objects(id__in=trust).first() is None:
        counts.append(Count(_hashed("account", account, keyring), 20, 5))
    for count in counts:
        _carry_over(count)
        _reserve(count)
    user = check()
    if user is not None:
        _forgive(counts)
        collection = _attempts()
        changes = {"$set": {"expires_at": now() + TRUST}}
        collection.update_one({"_id": trust[0]}, changes, upsert=True)
    return user


def _carry_over(count: Count) -> None:
    """What was counted under a former secret goes on under the newest."""
    collection = _attempts()
    for former in count.ids[1:]:
        found = collection.find_one_and_delete({"_id": former})
        if found is not None:
            with suppress(DuplicateKeyError):
                collection.insert_one({**found, "_id": count.id})


def _reserve(count: Count) -> None:
    """Count an attempt as failed, and raise TooManyRequests where it has to wait."""
    start = now()
    over = {"$subtract": ["$failures", count.free]}
    seconds = {"$min": [count.longest_wait_s, {"$pow": [2, {"$min": [over, 10]}]}]}
    waited = {"$add": [start, {"$multiply": [1000, {"$cond": [{"$gte": [over, 0]}, seconds, 0]}]}]}
    changes: list[dict[str, Any]] = [
        {"$set": {"failures": {"$add": [{"$ifNull": ["$failures", 0]}, 1]}}},
        {"$set": {"blocked_until": waited, "expires_at": start + FORGET}},
    ]
    is_free = {"_id": count.id, "blocked_until": {"$not": {"$gt": start}}}
    collection = _attempts()
    try:
        collection.find_one_and_update(
            is_free, changes, upsert=True, return_document=ReturnDocument.AFTER
        )
    except DuplicateKeyError:  # it is there, and blocked
        raise TooManyRequests(
            "Too many failed logins. Wait a moment.", _wait_s(count, start)
        ) from None


def _forgive(counts: list[Count]) -> None:
    """Take this attempt back; a right password clears the failures of account and address."""
    collection = _attempts()
    collection.delete_one({"_id": counts[0].id})
    for count in counts[1:]:
        collection.update_one(
            {"_id": count.id, "failures": {"$gt": 0}},
            {"$inc": {"failures": -1}, "$unset": {"blocked_until": ""}},
        )


def _attempts() -> Collection[dict[str, Any]]:
    collection: Collection[dict[str, Any]] = LoginAttempts._get_collection()
    return collection.with_options(write_concern=_QUICK)


def _wait_s(count: Count, start: datetime) -> int:
    record = LoginAttempts.objects(id=count.id).first()
    until = utc(record.blocked_until) if record and record.blocked_until else start
    return max(1, ceil((until - start).total_seconds()))


def _hashed(kind: str, value: str, keyring: Keyring) -> list[str]:
    return [f"{kind}-{hashed}" for hashed in key_hashes(f"{kind} {value}", keyring)]
