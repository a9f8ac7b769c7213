"""Running migrations: each once, in order, one process at a time."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from pymongo.errors import DuplicateKeyError

from ...errors import Conflict
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from .models import Lock, Migration
from .steps import STEPS, Step

# After a kill -9 the next one may begin when this is over. A batch takes a second at most.
LEASE = timedelta(seconds=60)
_LOCK = "migrate"


@dataclass(frozen=True)
class State:
    """A migration, and when it ran; None for not yet."""

    step: Step
    ended_at: datetime | None


def states(steps: Sequence[Step] = STEPS) -> list[State]:
    """All migrations in their order."""
    ended = {record.id: utc(record.ended_at) for record in Migration.objects}
    return [State(step, ended.get(step.name)) for step in steps]


def migrate(tell: Callable[[Step, int], None], steps: Sequence[Step] = STEPS) -> int:
    """Run those that did not run yet; how many. Conflict where another process does so.

    `tell`: called when one is done, with how many documents it changed.
    """
    with _lock() as renew:
        pending = [state.step for state in states(steps) if state.ended_at is None]
        for step in pending:
            tell(step, _run(step, renew))
    return len(pending)


def _run(step: Step, renew: Callable[[], None]) -> int:
    changed = 0

    def advance(count: int) -> None:
        nonlocal changed
        changed += count
        renew()

    step.run(advance)
    Migration(id=step.name, changed=changed).save()
    return changed


@contextmanager
def _lock() -> Iterator[Callable[[], None]]:
    """Gives what renews the lease; Conflict where another holds it, or takes it over."""
    holder, locks = uuid4().hex, durable(Lock)

    def held_until() -> dict[str, object]:
        return {"holder": holder, "until": now() + LEASE}

    def renew() -> None:
        changed = locks.update_one({"_id": _LOCK, "holder": holder}, {"$set": held_until()})
        if not changed.matched_count:
            raise Conflict("Another process took over the migration: this one was too slow.")

    try:
        free = {"_id": _LOCK, "until": {"$lt": now()}}
        locks.update_one(free, {"$set": held_until()}, upsert=True)
    except DuplicateKeyError as exc:
        raise Conflict(
            "Another migration is running, or was cut off less than a minute ago."
        ) from exc
    try:
        yield renew
    finally:
        locks.delete_one({"_id": _LOCK, "holder": holder})
