"""The migrations, in their order. Each may run again, and while a portal serves."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pymongo import UpdateOne
from pymongo.errors import OperationFailure

from ...authentication.keyring import current_keyring
from ...indexing.models import LogEntry
from ...media.facts import FACTS, facts_of
from ...media.models import Media
from ...mongo.documents import DurableDocument, durable
from ..sealing import holds_former_seals, renew_seals

BATCH = 500
_NO_SUCH = (26, 27)  # MongoDB's NamespaceNotFound, IndexNotFound

Advance = Callable[[int], None]
"""To be called after each batch with how many documents it changed."""


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Step:
    """One migration. `name` is never used again for another.

    `is_due`: whether something is stored that it would change; reads only.
    """

    name: str
    help: str
    run: Callable[[Advance], None]
    is_due: Callable[[], bool] = _always


_FORMER_INDEXES: tuple[tuple[type[DurableDocument], str], ...] = (
    (LogEntry, "application_1_seq_1"),
    (Media, "application_1_state_1_terms_1"),
)
_FORMER_ENTRIES = {"_id": {"$type": "objectId"}}


def _has_former_indexes() -> bool:
    return any(index in durable(one).index_information() for one, index in _FORMER_INDEXES) or bool(
        durable(LogEntry).find_one(_FORMER_ENTRIES)
    )


def _drop_former_indexes(advance: Advance) -> None:
    """That of the log is unique over fields that its entries no longer have."""
    for document, index in _FORMER_INDEXES:
        try:
            durable(document).drop_index(index)
        except OperationFailure as exc:
            if exc.code not in _NO_SUCH:
                raise
        else:
            advance(1)
    advance(durable(LogEntry).delete_many(_FORMER_ENTRIES).deleted_count)


def _has_former_facts() -> bool:
    """Reads on until it finds one: all media where there is none, 70 us each."""
    return any(_fact_update(media) for media in _with_facts())


def _with_facts() -> Iterable[Media]:
    found = Media.objects.only("name", "keywords", "metadata", "about", *FACTS).no_cache()
    return iter(found)


def _renew_facts(advance: Advance) -> None:
    """Those of earlier versions lack numbers, and separate keys and values otherwise."""
    for media in _batches(_with_facts()):
        updates = [update for one in media if (update := _fact_update(one))]
        advance(durable(Media).bulk_write(updates).modified_count if updates else 0)


def _renew_seals(advance: Advance) -> None:
    renew_seals(current_keyring(), advance)


def _fact_update(media: Media) -> UpdateOne | None:
    facts = facts_of(media.name, media.keywords, media.metadata, media.about)
    held = {
        "terms": list(media.terms),
        "words": list(media.words),
        "name_key": media.name_key,
        "restricted": media.restricted,
    }
    if facts == held:
        return None
    # where keywords change meanwhile, that change has made its facts anew already
    return UpdateOne({"_id": media.id, **held}, {"$set": facts})


def _batches(found: Iterable[Media]) -> Iterator[list[Media]]:
    """Lists of BATCH media, the last one shorter. (itertools has it from Python 3.12 on.)"""
    iterator = (media for media in found)  # a query set begins anew when it is asked after its end
    while batch := list(islice(iterator, BATCH)):
        yield batch


STEPS: Sequence[Step] = (
    Step(
        "0001-former-indexes",
        "Indexes and log entries of the first form",
        _drop_former_indexes,
        _has_former_indexes,
    ),
    Step(
        "0002-facts",
        "What keywords, metadata and words are found by",
        _renew_facts,
        _has_former_facts,
    ),
    Step(
        "0003-seals",
        "Private keys and signing keys sealed in the first form",
        _renew_seals,
        holds_former_seals,
    ),
    Step(
        "0004-words",
        "Words without accents and within Chinese and Japanese; names as people sort them",
        _renew_facts,
        _has_former_facts,
    ),
)
