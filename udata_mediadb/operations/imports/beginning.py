"""An import is begun: with what was sent or is named, or with what a dry run has looked at."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ...application.models import Application
from ...authorization.caller import acting_user
from ...collection.access import require_collection
from ...collection.actions import find_collection
from ...errors import Conflict, Gone, InvalidFields
from ...jobs.models import DONE, ENDED, Job
from ...jobs.workers import start
from ...media.files import current_storage
from ...mongo.ids import compact_id
from ...web.arguments import readers
from ...web.bodies import Upload
from ...web.readers import read_properties
from . import parcels, uploads
from .arguments import IMPORTING, PORTAL
from .job import ITEMS, NAME
from .reading import HEAD_BYTES, fetched, is_zip
from .sweeping import sweep

# What the list of items depends on, and what nothing but a ZIP has.
OF_ARCHIVES = ("keywords_from_folders", "hidden")
NO_ARCHIVE = "goes with a ZIP, and what was sent is none"


@dataclass(frozen=True)
class Parcel:
    """What is to be imported: where it is kept, in which pieces, and its name.

    `data`: what is still to be kept. `known`: the arguments of the dry run that has looked at it.
    """

    id: str
    pieces: list[str]
    name: str
    data: bytes | None = None
    known: Mapping[str, Any] = field(default_factory=dict)

    def kept(self) -> list[str]:
        """Its pieces, all of them in the storage."""
        if self.data is None:
            return self.pieces
        return [parcels.add_piece(current_storage(), self.id, self.data)]

    def begins(self) -> bytes:
        """Its first bytes."""
        if self.data is not None:
            return self.data[:HEAD_BYTES]
        return parcels.first_bytes(current_storage(), self.id, self.pieces, HEAD_BYTES)

    def note(self, source: str | None, listing: Mapping[str, bool]) -> str:
        """Which list of its items is meant: that of the dry run, unless it is to be another one."""
        before = {name: self.known.get(name, False) for name in listing}
        if not self.known or (before == listing and self.known["source"] == source):
            return str(self.known.get("items", ITEMS))
        return "-".join([ITEMS, source or "any", *(name for name in listing if listing[name])])


def begin_import(application: Application, upload: Upload, wished: Collection[str] = ()) -> Job:
    """The job of an import; of the same file that is being imported already, that one.

    `wished`: of `OF_ARCHIVES`, what holds where a ZIP was sent and nothing is said of it.
    """
    clean = read_properties(upload.properties, readers(*IMPORTING))
    if "remote" in clean:
        raise InvalidFields({"remote": f"goes with source={PORTAL}"})
    if clean.get("collection"):
        require_collection("edit", find_collection, clean["collection"])
        find_collection(clean["collection"], application.id)
    sweep()
    parcel = _parcel(application, upload, clean)
    source = clean.get("source") or parcel.known.get("source")
    is_archive = source == "zip" if source else is_zip(parcel.begins())
    listing = _listing(clean, wished, is_archive=is_archive)
    job = start(
        NAME,
        application=application.id,
        owner=acting_user(application),
        only_one=f"{NAME} {parcel.id}",
        arguments={
            "parcel": parcel.id,
            "pieces": parcel.kept(),
            "name": parcel.name,
            "items": parcel.note(source, listing),
            "source": source,
            "archive": is_archive,
            "on_duplicate": clean.get("on_duplicate", "skip"),
            "keywords": clean.get("keywords", []),
            **listing,
            "names_from_files": clean.get("names_from_files", False),
            "collection": clean.get("collection"),
            "dry_run": clean.get("dry_run", False),
        },
    )
    uploads.forget(parcel.id)  # not before: what was sent would be in nothing, were we killed here
    return job


def _listing(
    clean: Mapping[str, Any], wished: Collection[str], *, is_archive: bool
) -> dict[str, bool]:
    """InvalidFields for what is asked of a source that has no such thing."""
    if not is_archive and (vain := [name for name in OF_ARCHIVES if clean.get(name)]):
        raise InvalidFields(dict.fromkeys(vain, NO_ARCHIVE))
    return {name: bool(clean.get(name, is_archive and name in wished)) for name in OF_ARCHIVES}


def _parcel(application: Application, upload: Upload, clean: Mapping[str, Any]) -> Parcel:
    given = [name for name in ("url", "upload", "checked") if upload.properties.get(name)]
    if len(given) + (upload.image is not None) != 1:
        raise InvalidFields({"file": "send a file, a url or an upload, and one of them"})
    if given == ["checked"]:
        return _checked(application, clean["checked"])
    if given == ["upload"]:
        return _uploaded(application, str(upload.properties["upload"]))
    data = upload.image if upload.image is not None else fetched(clean["url"])
    if not data:
        raise InvalidFields({"file": "the file is empty"})
    return Parcel(uuid4().hex, [], clean.get("url") or upload.filename or "file", data)


def _uploaded(application: Application, identifier: str) -> Parcel:
    found = uploads.find(identifier)
    if found.application != application.id:
        raise InvalidFields({"upload": "it is one of another application"})
    if found.offset != found.length:
        raise InvalidFields({"upload": f"{found.offset} of {found.length} bytes are there"})
    return Parcel(found.id, list(found.pieces), found.name or "upload")


def _checked(application: Application, identifier: str) -> Parcel:
    """Of a dry run that has ended."""
    key = compact_id(identifier)
    job = Job.objects(id=key, kind=NAME, application=application.id).first() if key else None
    if job is None or not job.arguments["dry_run"]:
        raise InvalidFields({"checked": "there is no such dry run in this application"})
    if job.state not in ENDED:
        raise Conflict("The dry run has not ended.")
    if job.state != DONE:
        raise InvalidFields({"checked": "the dry run did not come to its end"})
    known = job.arguments
    if not parcels.is_there(current_storage(), known["parcel"], known["pieces"]):
        raise Gone("What was to be imported is not there any more.")
    return Parcel(known["parcel"], list(known["pieces"]), known["name"], known=known)
