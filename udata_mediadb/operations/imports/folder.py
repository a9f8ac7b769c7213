"""A folder of this machine -> its pictures, for the operator; nothing is copied before.

May be stopped at any moment and run again: a picture that is there by its bytes is skipped, and the
id of a new one follows from its path and its bytes.
"""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from uuid import UUID, uuid5

from ...errors import MediaDBError
from ...media.earlier import counted_media, earlier_media
from ...media.files import current_storage
from . import archive
from .doing import Importing, Outcome, do_item
from .items import Item

_TABLES = (".csv", ".tsv", ".jsonl", ".ndjson", ".txt", ".json", ".xml", ".md", ".zip")


def files_of(folder: Path) -> list[Path]:
    """All files below a folder, in a stable order; links are not followed."""
    found = []
    for root, folders, names in os.walk(folder):
        folders.sort()
        found += [Path(root) / name for name in sorted(names)]
    return [path for path in found if path.is_file() and not path.is_symlink()]


def share_of(files: list[Path], folder: Path, number: int, shares: int) -> Iterator[Path]:
    """Those that fall to process `number` of so many."""
    for path in files:
        if zlib.crc32(str(path.relative_to(folder)).encode(errors="replace")) % shares == number:
            yield path


def bring_in(
    importing: Importing, folder: Path, path: Path, limit: int, *, keywords_from_folders: bool
) -> tuple[str, Outcome]:
    """One file: its name in the report, and what became of it."""
    relative = path.relative_to(folder)
    shown = PurePosixPath(
        *("".join(c for c in part if c.isprintable()) or "unnamed" for part in relative.parts)
    )
    if archive.is_litter(shown) or shown.suffix.lower() in _TABLES:
        return str(shown), Outcome("ignored", reason="no picture")
    try:
        if path.stat().st_size > limit:
            return str(shown), Outcome("failed", reason=f"over the limit of {limit} bytes")
        data = path.read_bytes()
    except OSError as exc:
        return str(shown), Outcome("failed", reason=exc.strerror or str(exc))
    keywords = archive.folders_of(shown) if keywords_from_folders else []
    item = Item(
        str(shown), filename=shown.name, properties={"keywords": keywords} if keywords else {}
    )
    digest = f"{shown} {zlib.crc32(data)} {len(data)}"
    identifier = str(uuid5(UUID(importing.application.id), digest))
    try:
        held = (
            counted_media(identifier)
            if importing.dry_run
            else earlier_media(current_storage(), identifier)
        )
        if held is not None:
            return str(shown), Outcome("skipped", identifier, "it is there")
        return str(shown), do_item(importing, item, data, identifier)
    except MediaDBError as exc:
        return str(shown), Outcome("failed", reason=exc.message, error=exc.slug)
