"""The kinds of jobs that there are: a room that makes one has its line here."""

from ..jobs.kinds import JobKind
from ..media.describing_job import DESCRIBING, HELP
from ..media.renaming import RENAMING
from ..operations.changes.job import MEDIA_CHANGE
from ..operations.importing.job import PORTAL_IMPORT
from ..operations.imports.job import IMPORT
from ..search.duplicates.following import DUPLICATES, due_news, new_media_kind
from ..search.duplicates.scanning import SCAN
from ..search.exam.job import EXAM
from ..search.rules.smart import RULE, SMART
from ..search.watches.delivering import WEBHOOKS, due_deliveries
from ..search.watches.seeing import USES, WATCHES, due_uses

_NEW_MEDIA = new_media_kind((DUPLICATES, SMART, WATCHES))
KINDS: tuple[JobKind, ...] = (
    DESCRIBING,
    HELP,
    IMPORT,
    PORTAL_IMPORT,
    MEDIA_CHANGE,
    SCAN,
    RULE,
    RENAMING,
    EXAM,
    _NEW_MEDIA,
    USES,
    WEBHOOKS,
)


def due() -> None:
    """Put into the queue what is to be done without anybody asking for it."""
    for look in (due_news, due_uses, due_deliveries):
        look()
