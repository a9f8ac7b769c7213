"""Doing an import in groups: while one is written, the next one is described.

What is new and nothing else is described by a pool and written at once; whatever needs a decision
(it is there, it is an update, somebody else stores it at this moment) is done by itself as before,
after the new ones of its group.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from ...application.quotas import quota_left
from ...errors import MediaDBError
from ...hosts.about import requested_about
from ...indexing.versions import to_describe
from ...media.current import current_ingest, follow_added
from ...media.described import Described, Refused
from ...media.describing_pool import DescribingPool, cores
from ...media.ingest import READERS
from ...media.ingest_group import NewPicture, add_group
from ...media.models import ACTIVE, DELETED, Media
from ...media.new_document import check_sums, with_proposals
from ...web.readers import read_properties
from .doing import IT_COMES_BEFORE, Importing, Outcome, failed
from .entries import Entry, grouped

Done = list[tuple[Entry, Outcome]]


@dataclass
class _New:
    """One that is being described."""

    entry: Entry
    clean: dict[str, Any]
    about: dict[str, Any]
    described: "Future[Described | Refused]"


@dataclass
class _Group:
    """`outcomes`: by the place in `entries`, as far as they are known; `new`: by the same."""

    entries: Sequence[Entry]
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    new: dict[int, _New] = field(default_factory=dict)


@dataclass(frozen=True)
class Groups:
    """How the groups of one import are done.

    `one_by_one`: does an entry by itself; called in threads, in the context of the app.
    """

    importing: Importing
    pool: DescribingPool
    one_by_one: Callable[[Entry], Outcome]
    would_be_there: set[str] = field(default_factory=set)  # of a dry run: what it would have added

    def done(self, entries: Iterable[Entry]) -> Iterator[Done]:
        """Each group, when all of it is stored, in the order of the entries."""
        begun: _Group | None = None
        for some in grouped(entries):
            following = self._begin(some)
            if begun is not None:
                yield self._finish(begun)
            begun = following
        if begun is not None:
            yield self._finish(begun)

    def _begin(self, entries: Sequence[Entry]) -> _Group:
        """Find what is new, and let it be described."""
        group = _Group(entries)
        known = _states([entry.identifier for entry in entries])
        seen = _Held(self.importing, entries)
        for number, entry in enumerate(entries):
            if entry.outcome is not None:
                group.outcomes[number] = entry.outcome
            elif known.get(entry.identifier) in (ACTIVE, DELETED):
                group.outcomes[number] = self.importing.of_earlier(entry.identifier)
            elif entry.data and entry.identifier not in known and not self.importing.dry_run:
                self._begin_one(group, number, entry, entry.data, seen)
        return group

    def _begin_one(
        self, group: _Group, number: int, entry: Entry, data: bytes, seen: "_Held"
    ) -> None:
        application = self.importing.application
        try:
            said = self.importing.with_keywords(entry.item.properties)
            properties = self.importing.named(said, entry.item)
            clean, about = read_properties(properties, READERS), requested_about(properties)
            check_sums(data, clean)
        except MediaDBError as exc:
            group.outcomes[number] = failed(exc)
            return
        if seen.has(data, clean.get("external_id")):
            return
        signatures = to_describe(
            current_ingest().registry, application.described_versions, application.signatures
        )
        described = self.pool.describe(data, tuple(signatures))
        group.new[number] = _New(entry, clean, about, described)

    def _finish(self, group: _Group) -> Done:
        self._store(group)
        rest = [entry for n, entry in enumerate(group.entries) if n not in group.outcomes]
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

        def do(entry: Entry) -> Outcome:
            with app.app_context():
                return self.one_by_one(entry)

        with ThreadPoolExecutor(cores()) as threads:
            others = iter(list(threads.map(do, rest)))
        done = [
            (entry, group.outcomes[n] if n in group.outcomes else next(others))
            for n, entry in enumerate(group.entries)
        ]
        return [(entry, self._again(entry, outcome)) for entry, outcome in done]

    def _again(self, entry: Entry, outcome: Outcome) -> Outcome:
        """In a dry run, what would become of what comes before in the same import."""
        importing = self.importing
        if not importing.dry_run or outcome.outcome != "added" or importing.on_duplicate == "add":
            return outcome
        name = entry.item.properties.get("external_id")
        keys = {f"external_id {name}"} if name else set()
        if entry.data:
            keys.add(f"sha256 {hashlib.sha256(entry.data).hexdigest()}")
        known = keys & self.would_be_there
        self.would_be_there.update(keys)
        if not known:
            return outcome
        word = "skipped" if importing.on_duplicate == "skip" else "updated"
        return Outcome(word, reason=IT_COMES_BEFORE)

    def _store(self, group: _Group) -> None:
        ingest, application = current_ingest(), self.importing.application
        room = _Room(self.importing)
        pictures: dict[int, NewPicture] = {}
        for number, new in group.new.items():
            described = new.described.result()
            if isinstance(described, Refused):
                group.outcomes[number] = Outcome(
                    "failed", reason=described.reason, error=described.error
                )
                continue
            try:
                clean = with_proposals(
                    application, new.clean, new.about, ingest.proposed(described.facts)
                )
            except MediaDBError as exc:
                group.outcomes[number] = failed(exc)
                continue
            if room.takes(len(new.entry.data or b"")):
                pictures[number] = self._picture(new.entry, described, clean)
        stored = add_group(ingest, application, list(pictures.values()))
        follow_added(application, [media for media in stored if media is not None])
        for number, media in zip(pictures, stored, strict=True):
            if media is not None:
                group.outcomes[number] = Outcome("added", media.id)

    def _picture(self, entry: Entry, described: Described, clean: Mapping[str, Any]) -> NewPicture:
        return NewPicture(
            data=entry.data or b"",
            described=described,
            clean=clean,
            filename=entry.item.filename,
            owner=self.importing.owner,
            identifier=entry.identifier,
        )


def _states(identifiers: Sequence[str]) -> dict[str, str]:
    """Of those that there are, whatever state they are in."""
    found = Media._get_collection().find({"_id": {"$in": list(identifiers)}}, {"state": 1})
    return {str(one["_id"]): str(one["state"]) for one in found}


class _Held:
    """The bytes and external ids that are there, or come before in the same group."""

    def __init__(self, importing: Importing, entries: Sequence[Entry]) -> None:
        self._sums = {
            id(entry.data): hashlib.sha256(entry.data).hexdigest()
            for entry in entries
            if entry.data
        }
        own = {"application": importing.application.id, "state": ACTIVE}
        names = [str(name) for one in entries if (name := one.item.properties.get("external_id"))]
        self._seen: set[str] = set()
        for key, values in (("sha256", list(self._sums.values())), ("external_id", names)):
            found = Media._get_collection().find({**own, key: {"$in": values}}, {key: 1})
            self._seen.update(f"{key} {one[key]}" for one in found)

    def has(self, data: bytes, external_id: str | None) -> bool:
        """Whether it is; from now on it is."""
        keys = {f"sha256 {self._sums[id(data)]}"}
        if external_id:
            keys.add(f"external_id {external_id}")
        is_there = bool(keys & self._seen)
        self._seen |= keys
        return is_there


class _Room:
    """What the quotas leave for this group."""

    def __init__(self, importing: Importing) -> None:
        left = quota_left(importing.application, current_ingest().quotas)
        self._media, self._bytes = left["media"].left, left["bytes"].left

    def takes(self, size: int) -> bool:
        """Whether one more has room; then it has taken it."""
        media = None if self._media is None else self._media - 1
        room = None if self._bytes is None else self._bytes - size
        if (media is not None and media < 0) or (room is not None and room < 0):
            return False
        self._media, self._bytes = media, room
        return True
