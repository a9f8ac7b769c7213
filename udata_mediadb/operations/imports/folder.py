"""A folder of this machine -> its pictures, for the operator; nothing is copied before.

May be stopped at any moment and run again: a picture that is there by its bytes is skipped, and the
id of a new one follows from its path and its bytes.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import UUID, uuid5

from ...media.describing_pool import DescribingPool
from . import archive
from .doing import Importing, Outcome, do_item
from .entries import Entry
from .groups import Groups
from .items import Item
from .walking import Found, unreadable

Brought = tuple[str, Outcome]


@dataclass(frozen=True)
class Folder:
    """What is brought in of a folder. `limit`: bytes of a file."""

    importing: Importing
    root: Path
    limit: int
    keywords_from_folders: bool = False

    def bring_in(self, files: Iterable[Found], pool: DescribingPool) -> Iterator[list[Brought]]:
        """Files below it, in groups: their names in the report, and what became of them."""
        groups = Groups(self.importing, pool, self._by_itself)
        for done in groups.done(self._entry(found) for found in files):
            yield [(entry.item.name, outcome) for entry, outcome in done]

    def _entry(self, found: Found) -> Entry:
        path = found.path
        parts = path.relative_to(self.root).parts
        shown = PurePosixPath(
            *("".join(c for c in part if c.isprintable()) or "unnamed" for part in parts)
        )
        keywords = archive.folders_of(shown) if self.keywords_from_folders else []
        properties = {"keywords": keywords} if keywords else {}
        item = Item(str(shown), filename=shown.name, properties=properties)
        if found.outcome is not None:
            return Entry(item, "", outcome=found.outcome)
        try:
            if path.stat().st_size > self.limit:
                reason = f"over the limit of {self.limit} bytes"
                return Entry(item, "", outcome=Outcome("failed", reason=reason))
            data = path.read_bytes()
        except OSError as exc:
            return Entry(item, "", outcome=unreadable(exc))
        digest = f"{shown} {zlib.crc32(data)} {len(data)}"
        return Entry(item, str(uuid5(UUID(self.importing.application.id), digest)), data)

    def _by_itself(self, entry: Entry) -> Outcome:
        return do_item(self.importing, entry.item, entry.data, entry.identifier)
