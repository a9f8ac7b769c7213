"""Sitting the exam: pictures are drawn, edited and searched for, one after the other."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from uuid import uuid4

import numpy as np
from flask import current_app

from ...application.models import Application
from ...errors import InvalidFields, MediaDBError
from ...imaging import Picture
from ...indexing.current import current_catalogs, current_registry
from ...media.listing import active_in
from ...media.models import Media
from ...mongo.clock import now
from ..actions import search
from ..explaining.explain import Asked, explain
from ..explaining.watched import NAME
from ..pixels import pixels_of
from ..query import Comparing, Query
from ..querying import decode_media
from ..sent import SentPicture
from .edits import EDITS, Pixels, edited
from .models import Exam
from .results import result_of

PICTURES = 200
EXPLAINED_MAX = 100  # that were missed are explained: each costs some searches


def new_exam(
    application: Application,
    pictures: int = PICTURES,
    edits: Sequence[str] = (),
    seed: int = 1,
    wanted_rate: float = 0.001,
) -> Exam:
    """Draw the pictures. `edits`: names of some, or of their classes; none: all.

    InvalidFields for a name that is none, and where there is nothing to examine.
    """
    if NAME not in application.signatures:
        raise InvalidFields({"application": "it has not the signature match"})
    chosen = [name for name, one in EDITS.items() if not edits or {name, one.group} & set(edits)]
    known = {*EDITS, *(one.group for one in EDITS.values())}
    if unknown := [name for name in edits if name not in known]:
        raise InvalidFields({"edits": f"{unknown[0]!r:.40}; there are {', '.join(sorted(known))}"})
    wanted = Media.objects(__raw__=active_in(application.id)).order_by("id")
    every = [str(one) for one in wanted.scalar("id").no_cache()]
    if not every:
        raise InvalidFields({"application": "it has no pictures yet"})
    order = np.random.default_rng(seed).permutation(len(every))[: max(1, pictures)]
    return Exam(
        id=uuid4().hex,
        application=application.id,
        seed=seed,
        wanted_rate=1 / wanted_rate,
        signature=current_registry()[NAME].key,
        media=[every[number] for number in order],
        edits=chosen,
        total=len(every),
    ).save(force_insert=True)


def sit(exam: Exam, application: Application) -> Iterator[int]:
    """Search for each picture that has no answers yet; gives its number when it has.

    The answers are kept picture by picture, so an exam that was cut off goes on where it was.
    """
    done = {answer[0] for answer in exam.answers}
    for number, identifier in enumerate(exam.media):
        if number in done:
            continue
        answers = list(_answers(exam, application, number, identifier))
        Exam.objects(id=exam.id).update_one(push_all__answers=answers)
        exam.answers.extend(answers)
        yield number
    if exam.ended_at is not None:
        return  # its job was killed a moment later: it is no earlier exam of itself
    exam.result = result_of(exam, last_exam(application.id))
    exam.ended_at = now()
    Exam.objects(id=exam.id).update_one(set__result=exam.result, set__ended_at=exam.ended_at)


def last_exam(application: str) -> Exam | None:
    """The last one that ended."""
    ended = Exam.objects(application=application, ended_at__exists=True)
    found: Exam | None = ended.order_by("-ended_at").exclude("answers").first()
    return found


def _answers(
    exam: Exam, application: Application, number: int, identifier: str
) -> Iterator[list[object]]:
    media = Media.objects(id=identifier).first()
    if media is None:
        return  # deleted meanwhile
    try:
        whole = decode_media(media)
    except MediaDBError:
        yield [number, "", False, None, None, 0.0, "readable", None]
        return
    relatives = _relatives(application, media)
    for name in exam.edits:
        pixels = edited(whole.pixels, name, exam.seed, number)
        query = query_of(application, pixels)
        started = time.perf_counter()
        hits = search(application, query, current_catalogs())
        taken_ms = (time.perf_counter() - started) * 1000  # with describing, as who searches waits
        right = next((hit for hit in hits if hit.media.id == identifier), None)
        false = [h for h in hits if h.media.id not in relatives and h.media.id != identifier]
        worst = max(false, key=lambda hit: hit.score, default=None)
        stage = None
        if right is None:
            stage = _stage(exam, Asked(application, application, query, media))
        yield [
            number,
            name,
            right is not None,
            right.score if right else None,
            worst.score if worst else None,
            round(taken_ms, 1),
            stage,
            worst.media.id if worst else None,
        ]


def _relatives(application: Application, media: Media) -> set[str]:
    """What the stored picture finds: who shows the same, so that no hit on them is false."""
    query = replace(_query(application), media=media.picture_id, pixels=partial(pixels_of, media))
    return {hit.media.id for hit in search(application, query, current_catalogs())}


def query_of(application: Application, pixels: Pixels) -> Query:
    """A search by match for these pixels, with the settings of the application."""
    picture = Picture(pixels, pixels.shape[1], pixels.shape[0], "PNG")
    return replace(_query(application), sent=SentPicture(lambda: picture))


def _query(application: Application) -> Query:
    thorough = application.default_option("thorough", "auto")
    return Query(
        comparing=Comparing(signatures=[NAME], thorough=thorough),
        candidates=current_app.config["MEDIADB_SEARCH_CANDIDATES"],
    )


def _stage(exam: Exam, asked: Asked) -> str | None:
    """Where it was lost; None once so many were explained."""
    if sum(answer[6] is not None for answer in exam.answers) >= EXPLAINED_MAX:
        return None
    failed = explain(asked, tries=False).failed
    return failed.name if failed else None
