"""New media of an application, looked at one after the other behind its op log.

Nothing in the way of an upload: who stores a picture notes it in the log anyway, and this job reads
there what it has not seen yet. So no crash leaves one out, and one that is seen twice is found the
same twice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from ...application.models import Application
from ...errors import Unavailable
from ...indexing import log
from ...jobs.kinds import Failure, JobKind, Step, Task, failures_among
from ...jobs.owning import ApplicationGone, application_of
from ...jobs.queue import enqueue
from ...media.models import ACTIVE, PURGED, Media
from ...media.pictures import later_pictures
from ...mongo.clock import now
from ...mongo.documents import durable
from .grouping import regroup
from .models import Followed
from .pairs import forget_pairs
from .scanning import check_media

NAME = "new-media"
ENTRIES = 16  # of the log, in a step


@dataclass(frozen=True)
class Follower:
    """What looks at each media that came, and hears of those that went.

    `follows`: whether it has anything to do with this application.
    """

    follows: Callable[[str], bool]
    came: Callable[[Application, Media], object]
    went: Callable[[str, Sequence[str]], object] = lambda application, media: None


def _is_scanned(application: str) -> bool:
    followed = Followed.objects(id=application).first()
    return followed is not None and followed.job is not None


def _forget(application: str, media: Sequence[str]) -> None:
    """Deleted ones may come back, so their pairs stay; purged ones do not."""
    there = set(Media.objects(id__in=list(media), state__ne=PURGED).scalar("id"))
    forget_pairs([one for one in media if one not in there])
    regroup(application, media)


DUPLICATES = Follower(_is_scanned, check_media, _forget)


def new_media_kind(followers: Sequence[Follower]) -> JobKind:
    """The job that shows these what is new."""

    def steps(task: Task) -> Iterator[Step]:
        try:
            application = application_of(task.application)
        except ApplicationGone:
            durable(Followed).delete_one({"_id": task.application})
            raise
        mine = [one for one in followers if one.follows(application.id)]
        while True:
            followed = Followed.objects(id=application.id).first()
            if followed is None or log.last_seq(application.id) == followed.seq:
                return
            seq, media = _news(application.id, followed)
            yield _shown(application, media, mine)
            fresh = {"$set": {"seq": seq, "at": now()}}
            durable(Followed).update_one({"_id": application.id, "seq": followed.seq}, fresh)

    return JobKind(NAME, "Looking at new media", steps, is_kept=False)


def due_news() -> None:
    """Put a job into the queue for each application of which something is new."""
    for followed in Followed.objects.no_cache():
        if log.last_seq(followed.id) != followed.seq:
            enqueue(NAME, application=followed.id, only_one=f"{NAME} {followed.id}")


def follow(application: str) -> None:
    """From now on what comes into this application is shown to who follows it."""
    fresh = {"seq": log.last_seq(application), "at": now()}
    durable(Followed).update_one({"_id": application}, {"$setOnInsert": fresh}, upsert=True)


def _news(application: str, followed: Followed) -> tuple[int, list[str]]:
    """What the log has above what was seen; where it was cut there, all that came since by date."""
    last = log.last_seq(application)
    if last > followed.seq:
        try:
            seq, named = log.tail(application, followed.seq, ENTRIES)
        except Unavailable:
            pass
        else:
            home = later_pictures(application, list(named))
            return seq, list(dict.fromkeys(home.get(one, one) for one in named))
    found = Media.objects(application=application, state=ACTIVE, created_at__gte=followed.at)
    return last, list(found.scalar("id"))


def _shown(application: Application, media: Sequence[str], followers: Sequence[Follower]) -> Step:
    there = {one.id: one for one in Media.objects(id__in=list(media), state=ACTIVE)}
    gone = [one for one in media if one not in there]
    came = [one for one in media if one in there]  # in the order in which they came
    failures: list[Failure] = []
    for follower in followers:
        looks = ((one, partial(follower.came, application, there[one])) for one in came)
        failures += failures_among(looks)
        if gone:
            follower.went(application.id, gone)
    return Step(done=len(media), failures=failures)
