"""The way back, into an empty portal: files first, then documents; can be taken up where it ended.

`mediadb_restore` in the database says which backup is being restored. Until it is gone, the same
command goes on, and no other backup may be restored there.
"""

from collections import defaultdict

import flask_storage
from bson.raw_bson import RawBSONDocument
from mongoengine.connection import get_db

from ...errors import Conflict
from ...media import files
from ...mongo.clock import now
from ..recovery import identity
from . import documents, snapshots
from .objects import DamagedBackup, Objects, unpacked
from .saving import Progress
from .snapshots import CONTENTS, Snapshot

MARK = "mediadb_restore"


def restore(
    objects: Objects,
    storage: flask_storage.Storage,
    snapshot: Snapshot,
    progress: Progress = lambda *_: None,
) -> dict[str, int]:
    """Restore everything; how many documents of each collection, and files, there are now.

    Conflict where the portal is not empty: nothing is changed then. DamagedBackup where something
    in the backup is not whole; what was restored until then stays, and the same call goes on.
    """
    _begin(storage, snapshot)
    counts = {"files": _restore_files(objects, storage, snapshot, progress)}
    gone = set(snapshot.gone)
    for name, pieces in snapshot.documents.items():
        counts[name] = 0
        for digest in pieces.digests:
            content = unpacked(objects.load(CONTENTS, digest))
            some = [one for one in documents.decoded(content) if one["_id"] not in gone]
            counts[name] += documents.insert(name, some)
            progress(name, len(some))
    counts[documents.DESCRIPTIONS] = _restore_descriptions(objects, snapshot, gone, progress)
    identity.accept(storage)
    documents.collection(MARK).drop()
    return counts


def verify(objects: Objects, snapshot: Snapshot, progress: Progress = lambda *_: None) -> list[str]:
    """Read everything that a backup names; what is missing or damaged."""
    digests = {one for pieces in snapshot.documents.values() for one in pieces.digests}
    digests |= {*snapshot.descriptions.digests, *snapshot.files.digests}
    digests |= {digest for _, _, digest in snapshots.load_lines(objects, snapshot.files)}
    digests |= {digest for _, _, digest in snapshots.load_lines(objects, snapshot.descriptions)}
    bad = []
    for digest in sorted(digests):
        try:
            objects.load(CONTENTS, digest)
        except DamagedBackup as exc:
            bad.append(exc.message)
        progress("objects", 1)
    return bad


def _begin(storage: flask_storage.Storage, snapshot: Snapshot) -> None:
    """Take the empty database and storage for this backup, or go on with it."""
    mark = documents.collection(MARK)
    begun = mark.find_one({"_id": "restore"})
    if begun is not None:
        if begun["snapshot"] != snapshot.name or begun["identity"] != snapshot.identity:
            raise Conflict(
                f"The backup {begun['snapshot']} is being restored here. Go on with it, or begin "
                "with an empty database and an empty storage."
            )
        return
    documents.require_empty()
    found = (name for name in storage.list_files() if name != identity.NAME)
    if (name := next(found, None)) is not None:
        raise Conflict(
            f"The storage is not empty ({name}): a backup is restored into an empty one. Nothing "
            "was changed."
        )
    for name in documents.MADE_AT_START:
        documents.collection(name).delete_many({})
    told = {"_id": "restore", "snapshot": snapshot.name, "identity": snapshot.identity}
    get_db()[MARK].insert_one({**told, "at": now()})


def _restore_files(
    objects: Objects, storage: flask_storage.Storage, snapshot: Snapshot, progress: Progress
) -> int:
    there = {name for name, _ in files.stamps(storage)}  # whole: an unfinished one has another name
    count = 0
    gone = {f"/{media}/" for media in snapshot.gone}
    for name, _, digest in snapshots.load_lines(objects, snapshot.files):
        if any(part in name for part in gone):
            continue
        if name not in there:
            files.write(storage, name, objects.load(CONTENTS, digest))
        count += 1
        progress("files", 1)
    return count


def _restore_descriptions(
    objects: Objects, snapshot: Snapshot, gone: set[str], progress: Progress
) -> int:
    packs: dict[str, set[str]] = defaultdict(set)
    for identifier, _, pack in snapshots.load_lines(objects, snapshot.descriptions):
        if identifier.partition("/")[0] not in gone:
            packs[pack].add(identifier)
    count = 0
    for pack, wanted in packs.items():
        some = list[RawBSONDocument]()
        for one in documents.decoded(objects.load(CONTENTS, pack)):
            if one["_id"] in wanted:
                some.append(one)
        count += documents.insert(documents.DESCRIPTIONS, some)
        progress(documents.DESCRIPTIONS, len(some))
    return count
