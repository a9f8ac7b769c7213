"""The kinds of jobs that there are: a room that makes one has its line here."""

from ..jobs.kinds import JobKind

KINDS: tuple[JobKind, ...] = ()
