"""What this worker can search: one index per application and signature, kept up with the op log.

The truth is in MongoDB. An index is filled from the stored signatures, and before each search it
applies the tail of the log, so what one worker acknowledged every worker finds.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Unavailable
from ..index.base import Index
from ..media.models import ACTIVE, PENDING, Media
from ..signatures.base import Signature
from . import log
from .models import StoredSignature, signature_key

LOAD_BATCH = 256  # descriptions in memory at once while loading: some 20 MB

# A pending media is searchable once it is logged; answers show active ones only.
SEARCHABLE = (ACTIVE, PENDING)


@dataclass(frozen=True)
class Method:
    """A signature and how to make an empty index for it."""

    signature: Signature[Any]
    new_index: Callable[[], Index[Any]]


class Catalog:
    """The index of one application and signature in this process; safe for several threads."""

    def __init__(self, application: str, method: Method) -> None:
        self._application = application
        self._method = method
        self._key = signature_key(method.signature)
        self._lock = threading.Lock()
        self._forget()

    def shortlist(
        self, description: Any, k: int, allowed: Iterable[str] | None = None
    ) -> list[tuple[str, float]]:
        """Up to k (media id, score), best first; `allowed` restricts to these media."""
        with self._lock:
            self._catch_up()
            numbers = None if allowed is None else self._known(allowed)
            found = self._index.shortlist(description, k, numbers)
            return [(self._media[number], score) for number, score in found]

    def catch_up(self) -> None:
        """Apply what the log has and this worker has not."""
        with self._lock:
            self._catch_up()

    def reset(self) -> None:
        """Forget everything; the next search loads from MongoDB again."""
        with self._lock:
            self._forget()

    def status(self) -> dict[str, int]:
        """How many references it holds, the sequence it has applied, how many it lacks."""
        behind = max(0, log.last_seq(self._application) - (self._applied or 0))
        return {"indexed": len(self._index), "applied": self._applied or 0, "behind": behind}

    def _forget(self) -> None:
        self._index = self._method.new_index()
        self._applied: int | None = None
        self._numbers: dict[str, int] = {}
        self._media: dict[int, str] = {}
        self._next = 1  # a number is never used twice

    def _catch_up(self) -> None:
        if self._applied is None:
            self._load()
            return
        try:
            seq, media = log.tail(self._application, self._applied)
        except Unavailable:
            self._forget()
            self._load()
            return
        if media:
            self._apply(media)
        self._applied = seq

    def _load(self) -> None:
        # The sequence first: what is logged while we load is applied again afterwards, harmlessly.
        applied = log.last_seq(self._application)
        live = {document.id for document in _searchable(self._application).only("id")}
        stored = StoredSignature.objects(application=self._application, signature=self._key)
        for batch in _batches(stored.no_cache().batch_size(LOAD_BATCH), LOAD_BATCH):
            self._add([record for record in batch if record.media in live])
        self._applied = applied

    def _apply(self, media: Sequence[str]) -> None:
        live = {document.id for document in _searchable(self._application, media).only("id")}
        gone = [number for m in media if m not in live and (number := self._numbers.get(m))]
        self._index.discard(gone)
        for number in gone:
            del self._numbers[self._media.pop(number)]
        keys = [f"{m}/{self._key}" for m in live]
        for batch in _batches(StoredSignature.objects(id__in=keys).no_cache(), LOAD_BATCH):
            self._add(batch)

    def _add(self, records: Sequence[StoredSignature]) -> None:
        loads = self._method.signature.loads
        descriptions = [loads(bytes(record.data)) for record in records]
        self._index.add([self._number(record.media) for record in records], descriptions)

    def _number(self, media: str) -> int:
        number = self._numbers.get(media)
        if number is None:
            number = self._numbers[media] = self._next
            self._next += 1
            self._media[number] = media
        return number

    def _known(self, media: Iterable[str]) -> NDArray[np.uint32]:
        return np.fromiter((self._numbers[m] for m in media if m in self._numbers), dtype=np.uint32)


class Catalogs:
    """The catalogs of this process, made when first asked for."""

    def __init__(self, methods: dict[str, Method]) -> None:
        self.methods = methods
        self._catalogs: dict[tuple[str, str], Catalog] = {}
        self._lock = threading.Lock()

    def get(self, application: str, name: str) -> Catalog:
        """The catalog for the signature `name` of an application id."""
        with self._lock:
            key = (application, name)
            if key not in self._catalogs:
                self._catalogs[key] = Catalog(application, self.methods[name])
            return self._catalogs[key]


def _searchable(application: str, media: Sequence[str] | None = None) -> Any:
    found = Media.objects(application=application, state__in=SEARCHABLE)
    return found if media is None else found.filter(id__in=list(media))


def _batches(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
