"""A ZIP of a stranger -> its members. Nothing is unpacked to a path that it names.

A member is read under a cap, whatever its header says. Refused as a whole: more members than
`MEMBERS_MAX`, members that overlap (a bomb that shares its bytes), and what would unpack to more
than `RATIO_MAX` times its size: pictures hardly shrink.
"""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ...errors import InvalidFields
from ...sources.zip_members import UNREADABLE, decoded_name, is_encrypted
from .foreign import what_office
from .items import Item

MEMBERS_MAX = 100_000
RATIO_MAX = 100  # BMP and TIFF of drawings reach 30; a ZIP can reach 1,032
SMALL_BYTES = 64 * 1024 * 1024  # this much is unpacked whatever the ratio is
HIDDEN = "hidden: its name, or that of a folder, begins with a dot"
_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson")
# What operating systems and their tools leave in folders.
_LITTER = ("__macosx", ".ds_store", "thumbs.db", "desktop.ini")


def open_archive(path: Path) -> zipfile.ZipFile:
    """The archive, checked as a whole; InvalidFields for what is none or is meant to harm."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise InvalidFields({"file": "this is no ZIP that can be read"}) from exc
    members = archive.infolist()
    if (named := what_office(archive.namelist())) is not None:
        raise InvalidFields({"file": named})
    if len(members) > MEMBERS_MAX:
        raise InvalidFields({"file": f"at most {MEMBERS_MAX:,} files in one ZIP"})
    size = path.stat().st_size
    if sum(one.compress_size for one in members) > size:
        raise InvalidFields({"file": "the files in this ZIP overlap"})
    if sum(one.file_size for one in members) > max(SMALL_BYTES, RATIO_MAX * size):
        raise InvalidFields({"file": f"this ZIP unpacks to more than {RATIO_MAX} times its size"})
    return archive


def members_of(
    archive: zipfile.ZipFile, *, keywords_from_folders: bool, hidden: bool = False
) -> Iterator[Item]:
    """Every file of the archive, in its order; a hidden one is left out unless `hidden`."""
    for number, member in enumerate(archive.infolist()):
        if member.is_dir():
            continue
        path = safe_path(decoded_name(member))
        item = Item(name=str(path), member=str(number), filename=path.name)
        is_away = not hidden and any(part.startswith(".") for part in path.parts)
        why = _refusal(member, path) or (HIDDEN if is_away else None)
        if why is not None:
            yield Item(name=str(path), problem=why, ignored=is_away or is_litter(path))
            continue
        keywords = folders_of(path) if keywords_from_folders else []
        properties = {"keywords": keywords} if keywords else {}
        yield Item(item.name, item.member, filename=item.filename, properties=properties)


def table_of(
    archive: zipfile.ZipFile, limit: int, endings: tuple[str, ...] = _TABLES
) -> tuple[str, bytes] | None:
    """The one table that lies at the top and says more of the files; its name and its bytes."""
    tables = [
        member
        for member in archive.infolist()
        if (path := safe_path(decoded_name(member))).suffix.lower() in endings
        and len(path.parts) == 1
    ]
    if len(tables) != 1:
        return None
    return safe_path(decoded_name(tables[0])).name, read_member(archive, tables[0], limit)


def member_bytes(archive: zipfile.ZipFile, number: str, limit: int) -> bytes:
    """The bytes of a member by its number; InvalidFields where it cannot be read."""
    return read_member(archive, archive.infolist()[int(number)], limit)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """At most `limit` bytes are unpacked; InvalidFields beyond, and where it is damaged."""
    try:
        with archive.open(member) as opened:
            data = opened.read(limit + 1)
    except UNREADABLE as exc:
        raise InvalidFields({"file": "damaged, encrypted or packed in an unknown way"}) from exc
    if len(data) > limit:
        raise InvalidFields({"file": f"over the limit of {limit} bytes"})
    return data


def safe_path(name: str) -> PurePosixPath:
    """A name without its root, drive and steps up: it is shown, and never opened."""
    parts = name.replace("\\", "/").split("/")
    clean = ["".join(c for c in part if c.isprintable()).strip() for part in parts]
    kept = [part for part in clean if part not in ("", ".", "..") and not part.endswith(":")]
    return PurePosixPath(*(kept or ["unnamed"]))


def folders_of(path: PurePosixPath) -> list[str]:
    """The folders that a file lies in, as keywords."""
    return list(dict.fromkeys(part[:200].strip() for part in path.parts[:-1] if part.strip()))


def is_litter(path: PurePosixPath) -> bool:
    """Whether nobody means this file to be a picture."""
    parts = [part.lower() for part in path.parts]
    return any(part in _LITTER or part.startswith("._") for part in parts)


def _refusal(member: zipfile.ZipInfo, path: PurePosixPath) -> str | None:
    ending = path.suffix.lower()
    reasons = (
        (is_litter(path), "left by an operating system"),
        (stat.S_ISLNK(member.external_attr >> 16), "a link, no file"),
        (is_encrypted(member), "encrypted"),
        (ending == ".zip", "a ZIP within a ZIP: send it by itself"),
        (ending in _TABLES, "a table; the only one at the top of a ZIP is read"),
    )
    return next((why for applies, why in reasons if applies), None)
