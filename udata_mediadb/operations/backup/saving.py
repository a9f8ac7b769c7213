"""A backup: documents first, media before all others, then descriptions, then files.

A picture that is uploaded meanwhile is in the next one. What was saved before is not read again:
files by their stamps, descriptions by the picture that they describe.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import flask_storage

from ...errors import Conflict
from ...media import files
from ...media.models import PURGED, Media
from ...mongo.clock import now
from ..recovery.identity import describe, require_identity
from . import documents, snapshots
from .objects import Objects, unpacked
from .snapshots import CONTENTS, PIECE_BYTES, Pieces, Snapshot

Pictures = dict[str, tuple[str, str]]  # by media: its application, the checksum of its picture
Progress = Callable[[str, int], None]  # of what, how many more
_MADE_WHEN_ASKED_FOR = "/media"  # the shown picture: larger than all thumbnails, and made anew


def save(
    objects: Objects, storage: flask_storage.Storage, progress: Progress = lambda *_: None
) -> Snapshot:
    """Save everything; the snapshot, which is complete when this returns.

    Conflict where database and files do not belong together, or where the backups in the place are
    those of another portal.
    """
    require_identity(storage)
    identity = str(describe(storage)[0])
    before = snapshots.newest(objects)
    if before is not None and before.identity != identity:
        raise Conflict(
            f"The backups in this place are those of the portal {before.identity}, this one is "
            f"{identity}: choose another place."
        )
    begun = now()
    saved = {
        name: snapshots.store_pieces(objects, _told(documents.all_of(name), name, progress))
        for name in documents.collections()
    }
    pictures = _pictures(objects, saved[documents.MEDIA])
    descriptions = _save_descriptions(objects, before, pictures, progress)
    kept = _save_files(objects, storage, before, pictures, progress)
    snapshot = Snapshot(
        name=snapshots.name_at(begun),
        mark=begun.isoformat(),
        identity=identity,
        documents=saved,
        descriptions=descriptions,
        files=kept,
        gone=tuple(_gone(objects, kept, pictures)),
    )
    snapshots.write(objects, snapshot)
    return snapshot


def _told(parts: Iterable[bytes], what: str, progress: Progress) -> Iterator[bytes]:
    for part in parts:
        progress(what, 1)
        yield part


def _pictures(objects: Objects, media: Pieces) -> Pictures:
    found: Pictures = {}
    for digest in media.digests:
        for one in documents.decoded(unpacked(objects.load(CONTENTS, digest))):
            found[str(one["_id"])] = (str(one["application"]), str(one.get("sha256")))
    return found


def _known(objects: Objects, lines: Pieces | None) -> dict[tuple[str, str], str]:
    """By what a line of the backup before tells first, its digest, where that content is there."""
    if lines is None:
        return {}
    found = {(one, stamp): digest for one, stamp, digest in snapshots.load_lines(objects, lines)}
    return {key: digest for key, digest in found.items() if objects.has(CONTENTS, digest)}


def _save_descriptions(
    objects: Objects,
    before: Snapshot | None,
    pictures: Pictures,
    progress: Progress,
) -> Pieces:
    """Those of the saved media; what was saved before by the same picture is not read again."""
    known = _known(objects, before.descriptions if before else None)
    lines: dict[str, tuple[str, str]] = {}
    new: list[str] = []
    for found in documents.fields_of(documents.DESCRIPTIONS, ["media"]):
        if (picture := pictures.get(found["media"])) is None:
            continue
        if (saved := known.get((found["_id"], picture[1]))) is not None:
            lines[found["_id"]] = (picture[1], saved)
            progress(documents.DESCRIPTIONS, 1)
        else:
            new.append(found["_id"])
    for pack, ids in _packs(objects, sorted(new)):
        for one in ids:
            lines[one] = (pictures[one.partition("/")[0]][1], pack)
        progress(documents.DESCRIPTIONS, len(ids))
    return snapshots.store_lines(objects, ((i, *rest) for i, rest in sorted(lines.items())))


def _packs(objects: Objects, ids: list[str]) -> Iterator[tuple[str, list[str]]]:
    """New descriptions, some megabytes at a time: the digest of the pack, what is in it."""
    content, held, size = list[bytes](), list[str](), 0
    rest = iter(ids)
    while some := list(islice(rest, documents.AT_ONCE // 4)):
        for identifier, raw in documents.some_of(documents.DESCRIPTIONS, some):
            content.append(raw)
            held.append(identifier)
            size += len(raw)
        if size >= PIECE_BYTES:
            yield objects.store(CONTENTS, b"".join(content))[0], held
            content, held, size = [], [], 0
    if held:
        yield objects.store(CONTENTS, b"".join(content))[0], held


def _save_files(
    objects: Objects,
    storage: flask_storage.Storage,
    before: Snapshot | None,
    pictures: Pictures,
    progress: Progress,
) -> Pieces:
    known = _known(objects, before.files if before else None)
    return snapshots.store_lines(objects, _saved(objects, storage, known, pictures, progress))


def _saved(
    objects: Objects,
    storage: flask_storage.Storage,
    known: dict[tuple[str, str], str],
    pictures: Pictures,
    progress: Progress,
) -> Iterator[tuple[str, str, str]]:
    for name, stamp in sorted(files.stamps(storage)):
        if not _is_saved(name, pictures):
            continue
        if (digest := known.get((name, stamp), "")) == "":
            content = files.read(storage, name)
            if content is None:
                continue  # purged meanwhile
            digest, _ = objects.store(CONTENTS, content)
        progress("files", 1)
        yield name, stamp, digest


def _is_saved(name: str, pictures: Pictures) -> bool:
    if files.is_unfinished(name) or name.endswith(_MADE_WHEN_ASKED_FOR):
        return False
    application, _, rest = name.partition("/")
    picture = pictures.get(rest.partition("/")[0])
    return name.startswith(files.OWN_PREFIX) or (picture is not None and picture[0] == application)


def _gone(objects: Objects, kept: Pieces, pictures: Pictures) -> Iterator[str]:
    """Saved media without a saved original that are purged by now: between the two, then."""
    there = {name for name, _, _ in snapshots.load_lines(objects, kept)}
    lacking = [
        media
        for media, (application, _) in pictures.items()
        if files.key(application, media, "original") not in there
    ]
    for start in range(0, len(lacking), documents.AT_ONCE):
        some = lacking[start : start + documents.AT_ONCE]
        alive = set(Media.objects(id__in=some, state__ne=PURGED).scalar("id"))
        yield from (one for one in some if one not in alive)
