"""An import is begun: with what was sent or is named, or with what a dry run has looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
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
from .reading import fetched
from .sweeping import sweep

_LISTING = ("keywords_from_folders", "hidden")  # what the list of items depends on


@dataclass(frozen=True)
class Parcel:
    """What is to be imported: where it is kept, in which pieces, and its name.

    `items`: the note that has the list of its items. `source`: what a dry run took it for.
    """

    id: str
    pieces: list[str]
    name: str
    items: str = ITEMS
    source: str | None = None


def begin_import(application: Application, upload: Upload) -> Job:
    """The job of an import; of the same file that is being imported already, that one."""
    clean = read_properties(upload.properties, readers(*IMPORTING))
    if "remote" in clean:
        raise InvalidFields({"remote": f"goes with source={PORTAL}"})
    if clean.get("collection"):
        require_collection("edit", find_collection, clean["collection"])
        find_collection(clean["collection"], application.id)
    sweep()
    listing = {name: bool(clean.get(name, False)) for name in _LISTING}
    parcel = _parcel(application, upload, clean, listing)
    job = start(
        NAME,
        application=application.id,
        owner=acting_user(application),
        only_one=f"{NAME} {parcel.id}",
        arguments={
            "parcel": parcel.id,
            "pieces": parcel.pieces,
            "name": parcel.name,
            "items": parcel.items,
            "source": clean.get("source") or parcel.source,
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


def _parcel(
    application: Application, upload: Upload, clean: dict[str, Any], listing: Mapping[str, bool]
) -> Parcel:
    given = [name for name in ("url", "upload", "checked") if upload.properties.get(name)]
    if len(given) + (upload.image is not None) != 1:
        raise InvalidFields({"file": "send a file, a url or an upload, and one of them"})
    if given == ["checked"]:
        return _checked(application, clean["checked"], listing)
    if given == ["upload"]:
        return _uploaded(application, str(upload.properties["upload"]))
    data = upload.image if upload.image is not None else fetched(clean["url"])
    if not data:
        raise InvalidFields({"file": "the file is empty"})
    parcel = uuid4().hex
    piece = parcels.add_piece(current_storage(), parcel, data)
    return Parcel(parcel, [piece], clean.get("url") or upload.filename or "file")


def _uploaded(application: Application, identifier: str) -> Parcel:
    found = uploads.find(identifier)
    if found.application != application.id:
        raise InvalidFields({"upload": "it is one of another application"})
    if found.offset != found.length:
        raise InvalidFields({"upload": f"{found.offset} of {found.length} bytes are there"})
    return Parcel(found.id, list(found.pieces), found.name or "upload")


def _checked(application: Application, identifier: str, listing: Mapping[str, bool]) -> Parcel:
    """Of a dry run; its list of items too, unless another one is to be made of what was sent."""
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
    items = known.get("items", ITEMS)
    if any(known.get(name, False) != value for name, value in listing.items()):
        folders = "folders" if listing["keywords_from_folders"] else "plain"
        items = f"{ITEMS}-{folders}{'-hidden' if listing['hidden'] else ''}"
    pieces = list(known["pieces"])
    return Parcel(known["parcel"], pieces, known["name"], items, known["source"])
