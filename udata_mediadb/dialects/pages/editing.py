"""P2 and P9 in small: pictures are added, described, deleted and brought back."""

from datetime import datetime
from typing import Any

from flask import Request, Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from ...application.models import Application
from ...authorization.caller import require_active
from ...errors import InvalidFields, MediaDBError, NotFound
from ...hosts.about import requested_about
from ...hosts.current import current_host
from ...media.access import editable_media
from ...media.actions import delete_media, restore_media, update_media
from ...media.current import add_upload
from ...media.models import DELETED, Media
from ...operations.imports.items import name_from
from ...web.about_readers import DEFAULT
from ...web.bodies import Upload, filename_of, read_limited
from ...web.readers import plain
from .csrf import require_own_form
from .deleted import stays_until
from .languages import gettext
from .metadata_form import SPARE_ROWS, changed_metadata, changed_place, shown_metadata
from .presenting import presented
from .rendering import page
from .told import told
from .visitor import current_visitor, editable

FILES_MAX = 20  # in one form, as in the API
_SAID = (
    *("title", "description", "alt", "creator", "credit", "source"),
    *("licence", "rights", "taken_at"),
)


def adding(application: str) -> str:
    """The form for new pictures."""
    return _form(editable(application), [])


def add(application: str) -> Response | tuple[str, int]:
    """Store them; to the newest pictures, or which ones could not be stored, and why."""
    uploads = read_limited(_read).further
    require_own_form()
    library = editable(application)
    require_active(library)
    if not uploads:
        raise InvalidFields({"image": gettext("Choose at least one picture.")})
    principal = current_visitor().principal
    owner = principal.user if principal else None
    failed = []
    for upload in uploads:
        try:
            add_upload(library, upload, upload.properties, owner, (), {})
        except MediaDBError as error:
            failed.append({"name": upload.filename or "", "why": told(error.message)})
    if failed:
        return _form(library, failed, stored=len(uploads) - len(failed)), 400
    return redirect(url_for(".pictures", application=library.id), 303)  # type: ignore[return-value]


def describing(application: str, media: str) -> str:
    """The form for what is said of a picture."""
    library, found = _own(application, media)
    return page(
        "edit.html",
        library=library,
        section="pictures",
        media=presented([found], library)[0],
        name=found.name,
        keywords=_listed(found),
        seen=found.updated_at.isoformat(),
        said={name: _one_text(found.about.get(name)) for name in _SAID},
        place=found.about.get("place") or {},
        metadata=shown_metadata(plain(found.metadata)),
        spare=SPARE_ROWS,
        licences=list(current_host().licences().values()),
    )


def change(application: str, media: str) -> Response:
    """Keep what the form says, delete the picture, or bring it back."""
    require_own_form()
    do = request.form.get("do", "save")
    library, found = _own(application, media, deleted=do == "restore")
    if do == "delete":
        delete_media(found)
    elif do == "restore":
        restore_media(found)
    else:
        _keep(found)
    where = url_for(".picture", application=library.id, media=found.id)
    return redirect(where, 303)  # type: ignore[return-value]


def deleted_page(library: Application, media: str) -> tuple[str, int]:
    """For who may change the library: a deleted picture, and the way back."""
    found = editable_media(media, deleted=True)[0]
    if found.application != library.id or found.state != DELETED:
        raise NotFound(gettext("There is no such picture."))
    until = stays_until(found)
    return page("deleted.html", library=library, section="pictures", media=found, until=until), 410


def _keep(found: Media) -> None:
    """Raises PreconditionFailed where somebody changed it since the form was shown.

    Keywords that nobody touched are not read back: one of them may have a comma.
    """
    sent: dict[str, Any] = {
        name: request.form[name] for name in ("name", "keywords") if name in request.form
    }
    if sent.get("keywords") == _listed(found):
        del sent["keywords"]
    said = {name: request.form[name] for name in _SAID if name in request.form}
    changed: dict[str, Any] = {
        name: text or None
        for name, text in said.items()
        if text != _one_text(found.about.get(name))
    }
    changed |= changed_place(request.form, found.about.get("place") or {})
    sent |= changed_metadata(request.form, plain(found.metadata))
    seen = request.form.get("seen")
    if seen:
        found.updated_at = _moment(seen)
    update_media(found, sent, None, requested_about(changed), as_read=bool(seen))


def _listed(media: Media) -> str:
    return ", ".join(media.keywords)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as exc:
        raise InvalidFields({"seen": "when it was changed, as the form has it"}) from exc


def _own(application: str, media: str, *, deleted: bool = False) -> tuple[Application, Media]:
    library = editable(application)
    found, home = editable_media(media, deleted=deleted)
    if home.id != library.id:
        raise NotFound(gettext("There is no such picture."))
    return library, found


def _one_text(value: Any) -> str:
    """Of a text by language the only one, or that without a language."""
    if isinstance(value, dict):
        return str(value.get(DEFAULT) or next(iter(value.values()), ""))
    return str(value or "")


def _form(library: Application, failed: list[dict[str, str]], stored: int = 0) -> str:
    return page(
        "add.html",
        library=library,
        section="pictures",
        failed=failed,
        stored=stored,
        most=FILES_MAX,
        keywords=request.form.get("keywords", ""),
    )


def _read(sent: Request) -> Upload:
    files = [file for file in sent.files.getlist("image") if file.filename]
    if len(files) > FILES_MAX:
        raise InvalidFields({"image": gettext("At most %(n)s at a time.") % {"n": FILES_MAX}})
    keywords = sent.form.get("keywords", "").strip()
    said = {"keywords": keywords} if keywords else {}
    return Upload(further=tuple(_named(file, said) for file in files))


def _named(file: FileStorage, said: dict[str, str]) -> Upload:
    """A file with what the form says; it is called as the file is, without the ending."""
    filename = filename_of(file)
    name = name_from(filename)
    return Upload(file.read(), filename, {**said, "name": name} if name else dict(said))
