"""Running migrations: each once, in order, one process at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...errors import Conflict
from ...mongo.clock import utc
from ...mongo.lease import lease
from .models import Migration
from .steps import STEPS, Step


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
    with lease("migrate") as is_held:  # two at once would do no harm, and the work twice
        if not is_held:
            raise Conflict("Another migration is running, or was cut off less than a minute ago.")
        pending = [state.step for state in states(steps) if state.ended_at is None]
        for step in pending:
            tell(step, _run(step))
    return len(pending)


def _run(step: Step) -> int:
    changed = 0

    def advance(count: int) -> None:
        nonlocal changed
        changed += count

    step.run(advance)
    Migration(id=step.name, changed=changed).save()
    return changed
