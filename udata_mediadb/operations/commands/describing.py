"""What `reindex` describes: by a job of the queue, done here and by whoever else is at it."""

from tqdm import tqdm

from ...application.models import Application
from ...indexing.current import current_registry
from ...indexing.versions import is_incomplete
from ...jobs.here import do_here
from ...jobs.queue import enqueue, resume
from ...media.describer import start_describing
from ...media.describing_job import DESCRIBING, HELP
from .rebuilding import advance


def describe_here(application: Application) -> None:
    """Compute the descriptions by signatures that the application got later, with a progress bar.

    Also where the job was paused: who says reindex wants it.
    """
    described, names = application.described_versions, application.signatures
    if not is_incomplete(current_registry(), described, names):
        return
    job = start_describing(application, enqueue)
    resume(job.id)
    title = f"{application.name}: describing"
    with tqdm(total=job.total, desc=title, unit="media", disable=None) as bar:
        do_here(job, (DESCRIBING, HELP), lambda found: advance(bar, found.done - bar.n))
