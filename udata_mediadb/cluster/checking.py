"""Whether a cluster answers as one machine does: the same lists, to the last place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..application.models import Application
from ..indexing.catalog import Catalog
from ..indexing.catalogs import Catalogs
from ..indexing.descriptions import decoded
from ..indexing.models import StoredSignature
from ..indexing.shards import wire
from ..indexing.shards.client import ClusterClient
from ..indexing.shards.remote import RemoteCatalog
from ..indexing.versions import to_describe
from ..recognition.match.inverted.index import InvertedIndex
from ..recognition.registered import RegisteredSignature
from ..recognition.registry import new_registry

WANTED = 100  # the length of the lists that are compared
ASKED_FOR_WORDS = 20  # copies of up to four shards that differ are met in all combinations
TRIES = 3  # while pictures come and go, the two may be asked at different moments


@dataclass(frozen=True)
class Checked:
    """What a query gave: `place`: the first that differs, None: the lists are equal."""

    application: str
    signature: str
    media: str
    length: int
    place: int | None


def check(
    urls: list[str], queries: int, directory: Path, say: Callable[[str], None]
) -> Iterator[Checked]:
    """Ask cluster and an index of this machine for stored pictures, of all indexes in turn.

    The index is made from MongoDB in the directory. In both, words are as rare as the cluster says:
    what was deleted counts in them until segments are merged, which each machine does by itself.
    """
    client = ClusterClient(urls)
    catalogs = Catalogs(new_registry(), directory)
    indexes = list(_indexes(catalogs))
    for number, (application, name, registered) in enumerate(indexes):
        share = queries // len(indexes) + (number < queries % len(indexes))
        served = catalogs.own(application, name)
        if share and served.catalog.is_due:
            count = served.catalog.count_stored()
            say(f"making an index of {name} of {application} to compare with: {count} media")
            served.upkeep.rebuild()
        remote = RemoteCatalog(application, registered, client)
        for media, description in _drawn(application, registered, share):
            yield _compared(served.catalog, remote, media, description)


def _indexes(catalogs: Catalogs) -> Iterator[tuple[str, str, RegisteredSignature]]:
    names = {registered.key: name for name, registered in catalogs.registry.items()}
    for one in Application.objects:
        asked = [name for name in one.signatures if name in catalogs.registry]
        for key, registered in to_describe(
            catalogs.registry, one.described_versions, asked
        ).items():
            if registered.segments is not None:
                yield one.id, names[key], registered


def _drawn(
    application: str, registered: RegisteredSignature, count: int
) -> Iterator[tuple[str, Any]]:
    """Some of the stored descriptions, others each time."""
    found = StoredSignature.objects.aggregate(
        [
            {"$match": {"application": application, "signature": registered.key}},
            {"$sample": {"size": max(1, count)}},
            {"$project": {"_id": 1}},
        ]
    )
    for record in StoredSignature.objects(id__in=[one["_id"] for one in found][:count]):
        yield from zip(*decoded([record], registered.signature), strict=True)


def _compared(catalog: Catalog, remote: RemoteCatalog, media: str, description: Any) -> Checked:
    for _ in range(TRIES):
        lists, facts = remote.asked([description], WANTED)
        found = [(key.ljust(16, b"\0").hex(), score) for key, score in _pairs(lists[0])]
        with catalog.held(facts["applied"]) as replica:
            if isinstance(replica.index, InvertedIndex):
                replica.index.weigh_by(*_words_of(remote, facts["words"]))
            own = [
                (one.replace("-", ""), score)
                for one, score in replica.shortlist(description, WANTED, None)
            ]
        places = (i for i in range(max(len(found), len(own))) if found[i : i + 1] != own[i : i + 1])
        place = next(places, None)
        if place is None:
            break
    return Checked(catalog.application, catalog.signature.name, media, len(own), place)


def _words_of(remote: RemoteCatalog, checksums: Sequence[int]) -> tuple[int, NDArray[np.int64]]:
    """How many images, and postings of each word, the copies had that answered.

    Another copy may have merged what they have not yet; copies are asked in turn.
    """
    for _ in range(ASKED_FOR_WORDS):
        told, arrays = wire.read(remote.words())
        if told["words"] == checksums:
            break
    return int(told["images"]), arrays["words"]


def _pairs(ranked: Any) -> list[tuple[bytes, float]]:
    keys, scores = ranked
    return list(zip(keys.tolist(), scores.tolist(), strict=True))
