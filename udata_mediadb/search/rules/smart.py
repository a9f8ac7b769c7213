"""Rules of smart collections: the media that meet one carry its id, so that lists are one filter.

When a rule is made, what a search finds carries it at once; a job then looks at all media. What
comes later is looked at by itself.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from ...application.models import Application
from ...collection.models import SmartCollection
from ...errors import InvalidFields, NotFound
from ...indexing.current import current_catalogs
from ...jobs.kinds import JobKind, Step, Task, failures_among
from ...jobs.owning import application_of
from ...jobs.workers import start
from ...media.counts import renew
from ...media.models import ACTIVE, Media
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from ..duplicates.following import Follower, follow
from .judging import all_that_meet, judge
from .making import new_rule
from .models import PictureRule

AT_ONCE = 64  # media of a step
BEING_STORED = timedelta(minutes=10)  # a rule comes before the collection that asks for it
Query = dict[str, Any]


def with_rules(application: str, owner: str, query: Query) -> tuple[Query, Callable[[], None]]:
    """The query with a rule for each picture that it names, and what to do once it is stored.

    Raises what `new_rule` raises, and InvalidFields for the rule of another collection.
    """
    found = Application.objects.get(id=application)
    made: list[PictureRule] = []
    kept: list[str] = []

    def resolved(part: Mapping[str, Any]) -> Query:
        clean = dict(part)
        if "picture" in clean:
            clean["picture"] = _resolved(found, owner, clean["picture"], made, kept)
        for name in ("and", "or"):
            if name in clean:
                clean[name] = [resolved(one) for one in clean[name]]
        if "not" in clean:
            clean["not"] = resolved(clean["not"])
        return clean

    ready = resolved(query)
    for rule in made:
        rule.save(force_insert=True)
    return ready, lambda: _begin(application, owner, [*kept, *(rule.id for rule in made)], made)


def drop_rules(owner: str, keep: Sequence[str] = ()) -> None:
    """Forget the rules of a smart collection but these."""
    _drop(list(PictureRule.objects(owner=owner, id__nin=list(keep)).scalar("id")))


def _resolved(
    application: Application,
    owner: str,
    picture: Mapping[str, Any],
    made: list[PictureRule],
    kept: list[str],
) -> Query:
    """The picture with its rule; one that was read and is sent back keeps it."""
    if "rule" in picture:
        if PictureRule.objects(id=picture["rule"], owner=owner).first() is None:
            raise InvalidFields({"query": "picture: `rule` is given by the portal: leave it out"})
        kept.append(picture["rule"])
        return dict(picture)
    rule = new_rule(application, owner, picture)
    rule.purpose = "smart"
    made.append(rule)
    return {**picture, "signature": rule.signature, "rule": rule.id}


def _begin(application: str, owner: str, rules: Sequence[str], made: Sequence[PictureRule]) -> None:
    drop_rules(owner, keep=rules)
    if made:
        follow(application)
    for rule in made:
        start(
            RULE.name,
            application=application,
            arguments={"rule": rule.id, "smart_collection": owner},
            total=Media.objects(application=application, state=ACTIVE).count(),
        )


def _evaluate(task: Task) -> Iterator[Step]:
    application = application_of(task.application)
    rule = PictureRule.objects(id=task.arguments["rule"]).first()
    if rule is None:
        raise NotFound("The rule is no more.")
    cursor = task.cursor
    if cursor is None:
        found = [media.id for media, _ in all_that_meet(rule, application, current_catalogs())]
        _mark(rule, found)
        yield Step(cursor="", counts={"found": len(found)})
    while True:
        batch = _after(application.id, cursor or "")
        if not batch:
            return
        met: list[str] = []

        def look(media: Media, met: list[str] = met) -> None:
            if judge(rule, application, media, current_catalogs()):
                met.append(media.id)

        failures = failures_among((one.id, partial(look, one)) for one in batch)
        _mark(rule, met)
        cursor = batch[-1].id
        counts = {"met": len(met)}
        yield Step(cursor=cursor, done=len(batch), counts=counts, failures=failures)


RULE = JobKind("smart-collection", "Looking at all media for a smart collection", _evaluate)


def _has_rules(application: str) -> bool:
    return PictureRule.objects(application=application, purpose="smart").first() is not None


def _came(application: Application, media: Media) -> None:
    for rule in PictureRule.objects(application=application.id, purpose="smart"):
        if not _is_used(rule):
            if utc(rule.created_at) < now() - BEING_STORED:
                _drop([rule.id])
        elif judge(rule, application, media, current_catalogs()) is not None:
            _mark(rule, [media.id])
        elif media.earlier:  # the picture that it had before may have met it
            _unmark(rule, media)


SMART = Follower(_has_rules, _came)


def _is_used(rule: PictureRule) -> bool:
    """Whether its collection still asks for it: the LTU dialect deletes and changes these, too."""
    return rule.id in _used_by(rule.owner)


def _used_by(owner: str) -> list[str]:
    smart = SmartCollection.objects(id=owner).first()
    if smart is None:
        return []
    rules = PictureRule.objects(owner=owner).scalar("id")
    return [one for one in rules if f'"{one}"' in smart.query]


def _mark(rule: PictureRule, media: Sequence[str]) -> None:
    if not media:
        return
    change = {"$addToSet": {"pictures": rule.id}}
    durable(Media).update_many({"_id": {"$in": list(media)}}, change)
    renew([rule.application])
    if PictureRule.objects(id=rule.id).first() is None:  # dropped meanwhile
        durable(Media).update_many({"pictures": rule.id}, {"$pull": {"pictures": rule.id}})


def _unmark(rule: PictureRule, media: Media) -> None:
    change = {"$pull": {"pictures": rule.id}}
    if durable(Media).update_one({"_id": media.id, "pictures": rule.id}, change).modified_count:
        renew([rule.application])


def _drop(rules: Sequence[str]) -> None:
    if rules:
        gone = list(rules)
        durable(Media).update_many({"pictures": {"$in": gone}}, {"$pullAll": {"pictures": gone}})
        durable(PictureRule).delete_many({"_id": {"$in": gone}})


def _after(application: str, cursor: str) -> list[Media]:
    only = ("id", "application", "sha256", "created_at", "state", "picture")
    found = Media.objects(application=application, state=ACTIVE, id__gt=cursor).only(*only)
    return list(found.order_by("id").limit(AT_ONCE))
