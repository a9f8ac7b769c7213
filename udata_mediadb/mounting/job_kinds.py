"""The kinds of jobs that there are: a room that makes one has its line here."""

from ..jobs.kinds import JobKind
from ..media.renaming import RENAMING
from ..search.duplicates.following import DUPLICATES, due, new_media_kind
from ..search.duplicates.scanning import SCAN

__all__ = ["KINDS", "due"]

KINDS: tuple[JobKind, ...] = (SCAN, RENAMING, new_media_kind((DUPLICATES,)))
