"""One item of an import: what becomes of it, or would in a dry run."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from ...application.models import Application
from ...errors import InvalidFields, MediaDBError
from ...hosts.about import requested_about
from ...hosts.related import loaded
from ...media.actions import update_media
from ...media.arguments import CHANGING
from ...media.current import add_upload, current_ingest
from ...media.duplicates import stored_as
from ...media.earlier import earlier_media
from ...media.exporting.columns import references
from ...media.files import current_storage
from ...media.ingest import READERS
from ...media.models import ACTIVE, Media
from ...media.new_document import check_sums
from ...media.replacing import NewPicture, replace_picture
from ...web.bodies import Upload
from ...web.readers import read_keywords, read_properties
from .items import Item, name_from
from .rows import METADATA

IT_IS_THERE = "it is there"
IT_COMES_BEFORE = "it comes before in the same import"


@dataclass(frozen=True)
class Outcome:
    """`outcome`: added, updated, skipped, ignored or failed; `error`: the slug of ours."""

    outcome: str
    media: str | None = None
    reason: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Importing:
    """How the items of one import are treated. `keywords`: for all of them.

    `earlier`: what is said of one that an earlier try of the same has brought in.
    `names_from_files`: what nothing names is called as its file is.
    """

    application: Application
    owner: str | None
    on_duplicate: str = "skip"
    keywords: list[str] = field(default_factory=list)
    dry_run: bool = False
    earlier: str = "added"
    names_from_files: bool = False

    def of_earlier(self, identifier: str) -> Outcome:
        """What is said of one that is there by its id."""
        is_added = self.earlier == "added"
        return Outcome(self.earlier, identifier, None if is_added else IT_IS_THERE)

    def with_keywords(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The properties of an item, with the keywords for all."""
        if not self.keywords:
            return dict(properties)
        own = read_properties(properties, {"keywords": read_keywords}).get("keywords", [])
        return {**properties, "keywords": [*own, *self.keywords]}

    def named(self, properties: dict[str, Any], item: Item) -> dict[str, Any]:
        """The properties of a new media, with its file's name where that is wished and lacking; of
        one that is fetched, with the last part of its address."""
        named = item.filename or unquote(urlsplit(item.url or "").path)
        name = name_from(named) if self.names_from_files else None
        return properties if name is None else {"name": name, **properties}


def do_item(importing: Importing, item: Item, data: bytes | None, identifier: str) -> Outcome:
    """Store it, or say what would happen; never raises one of our errors.

    `data`: its bytes, None where there is a problem. `identifier`: the id for a new media, the same
    however often this is called.
    """
    try:
        return _done(importing, item, data or b"", identifier)
    except MediaDBError as exc:
        return failed(exc)


def do_known(importing: Importing, item: Item) -> Outcome | None:
    """The row of an export on a media that the application has; None where it is no such row."""
    if item.media is None or importing.on_duplicate == "add":
        return None
    own = importing.application.id
    held = Media.objects(id=item.media, application=own, state=ACTIVE).first()
    if held is None:
        return None
    if importing.on_duplicate == "skip":
        return Outcome("skipped", held.id, IT_IS_THERE)
    try:
        return _changed(importing, held, item.changes)
    except MediaDBError as exc:
        return failed(exc)


def _changed(importing: Importing, held: Media, told: Mapping[str, Any]) -> Outcome:
    more = {key.removeprefix(METADATA): told[key] for key in told if key.startswith(METADATA)}
    changes = {key: value for key, value in told.items() if not key.startswith(METADATA)}
    if more:
        readers = {"metadata": READERS["metadata"]}
        own = read_properties(changes, readers).get("metadata", held.metadata)
        changes["metadata"] = {**own, **more}
    if importing.keywords:
        readers = {"keywords": read_keywords}
        own = read_properties(changes, readers).get("keywords", held.keywords)
        changes["keywords"] = list(dict.fromkeys([*own, *importing.keywords]))
    related = changes.pop("related", None)
    if related and related != references(loaded(held.related)):
        raise InvalidFields({"related": "an import does not change it: PUT media/<id>/ does"})
    about = requested_about(changes)
    read_properties(changes, READERS)
    if not importing.dry_run:
        update_media(held, changes, about=about)
    return Outcome("updated", held.id)


def failed(exc: MediaDBError) -> Outcome:
    """What is said of an item that met one of our errors."""
    said = getattr(exc, "errors", None) or {}
    reason = "; ".join(f"{name}: {why}" for name, why in said.items()) or exc.message
    return Outcome("failed", reason=reason, error=exc.slug)


def _done(importing: Importing, item: Item, data: bytes, identifier: str) -> Outcome:
    if not importing.dry_run and earlier_media(current_storage(), identifier) is not None:
        return importing.of_earlier(identifier)
    properties = importing.with_keywords(item.properties)
    read_properties(properties, READERS)
    about = requested_about(properties)
    held = _held(importing, properties, data)
    if held is not None and importing.on_duplicate == "skip":
        return Outcome("skipped", held.id, IT_IS_THERE)
    if held is not None and importing.on_duplicate == "update":
        return _updated(importing, held, item, properties, about, data)
    if importing.dry_run:
        current_ingest().decode_upload(data)
        check_sums(data, {k: v for k, v in properties.items() if k in ("md5", "sha256")})
        return Outcome("added")
    properties = importing.named(properties, item)
    upload = Upload(data, item.filename, dict(properties))
    mode = {"duplicates": "allow"} if importing.on_duplicate == "add" else {}
    added = add_upload(
        importing.application,
        upload,
        {**properties, **mode},
        importing.owner,
        about=about,
        identifier=identifier,
    )
    return Outcome("added", added.media.id)


def _held(importing: Importing, properties: Mapping[str, Any], data: bytes) -> Media | None:
    """The media that has the external_id of the item, else that of its bytes."""
    own = importing.application.id
    if properties.get("external_id"):
        named = str(properties["external_id"])
        found = Media.objects(application=own, external_id=named, state=ACTIVE).first()
        if found is not None:
            return found
    same = stored_as(own, hashlib.sha256(data).hexdigest())
    return Media.objects(id=same, state=ACTIVE).first() if same else None


def _updated(
    importing: Importing,
    held: Media,
    item: Item,
    properties: Mapping[str, Any],
    about: dict[str, Any],
    data: bytes,
) -> Outcome:
    if importing.dry_run:
        return Outcome("updated", held.id)
    known = {one.name for one in CHANGING}
    changes = {key: value for key, value in properties.items() if key in known}
    media = update_media(held, changes, about=about)
    sums = {key: value for key, value in properties.items() if key in ("md5", "sha256")}
    new = NewPicture(data, item.filename, sums)
    replace_picture(current_ingest(), importing.application, media, new)
    return Outcome("updated", held.id)
