"""What may be wrong, by name (docs/how-to/check-and-repair.md)."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "pending", "original-missing", "original-damaged", "thumbnail-missing", "picture-damaged",
    "facts-stale", "signature-missing", "signature-orphan", "file-orphan", "file-unfinished",
    "application-missing", "purge-unfinished", "collection-lost",
    "replacement-unfinished", "earlier-missing", "collection-without-application",
    "membership-orphan", "index-damaged",
]  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    `subject`: the id of a media or a collection, or the name of a file.
    """

    kind: Kind
    application: str
    subject: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject} (application {self.application})"
