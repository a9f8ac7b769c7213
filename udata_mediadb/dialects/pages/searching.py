"""P3, P4 and P5: looking for a picture, what was found, and the two beside each other."""

import hashlib

from flask import Response, current_app, redirect, request, url_for

from ...application.models import Application
from ...authorization.caller import require_active, require_allowed
from ...errors import InvalidFields, MediaDBError, TooLarge, UnsupportedImage
from ...media.access import readable_media
from ...media.serving import picture_of
from ...search.keeping import keep_query
from ...search.models import KeptQuery
from ...search.querying import Sought, find_by_picture, new_query, sent_picture
from ...search.request import read_search
from ...web.bodies import Upload, image_of
from ...web.pages import parse_page, require_in_range
from .csrf import require_own_form
from .failing import refusal
from .kept import asked_region, frame_of, kept_query
from .languages import gettext
from .presenting import presented
from .proof import boxes
from .rendering import PAGE_SIZE, neighbours, page
from .uploads import read_form
from .visitor import searched_library
from .wording import TABS, headline, how_sure, likeness, seen

# What another picture or address mends.
_ASKED_AGAIN = (InvalidFields.status, TooLarge.status, UnsupportedImage.status)


def search() -> str:
    """The form: a file, or the address of a picture."""
    return _form(request.args.get("application"), request.args.get("url", ""))


def start() -> Response | tuple[str, int]:
    """Keep what was sent as a query, and go to its results; the form again, with what is wrong."""
    try:
        upload = read_form()
        require_own_form()
        return _started(upload)
    except MediaDBError as error:
        if error.status not in _ASKED_AGAIN:
            raise
        asked = request.form if error.status != TooLarge.status else {}
        return _form(asked.get("application"), asked.get("url", ""), error), error.status


def _started(upload: Upload) -> Response:
    library = searched_library(upload.properties.get("application"))
    require_allowed("search", library)
    require_active(library)
    identifier = upload.properties.get("media")
    if identifier:
        media, _ = readable_media(identifier)
        kept = _keep(library, picture_of(media), media.name, media.sha256)
    elif not upload.has_picture:
        raise InvalidFields({"image": "Choose a picture, or give the address of one."})
    else:
        kept = _keep(library, image_of(upload), upload.filename)
    return redirect(url_for(".results", query=kept.id), 303)  # type: ignore[return-value]


def results(query: str) -> str:
    """What was found, best first; a tab for each signature."""
    kept, library = kept_query(query)
    require_allowed("search", library)
    tab = request.args.get("signatures", "")
    region = asked_region()
    shared = request.args.get("include_shared", "")
    asked = read_search(
        {"signatures": tab, "include_shared": shared, **({"region": region} if region else {})}
    )
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    found = find_by_picture(library, new_query(library, asked, Upload(), Sought(kept=kept)), wanted)
    require_in_range(found)
    shown = presented([hit.media for hit in found.items], library)
    hits = [
        {
            "media": media,
            "headline": headline(hit),
            "sure": how_sure(hit.best_signature, hit.best),
            "seen": seen(hit.best),
            "box": boxes(hit.best, (1, 1), (hit.media.width, hit.media.height)),
            "decision": hit.best.decision,
            "likeness": likeness(hit.best),
        }
        for hit, media in zip(found.items, shown, strict=True)
    ]
    return page(
        "results.html",
        library=library,
        query=kept,
        hits=hits,
        found=found,
        neighbours=neighbours(found),
        tabs={name: gettext(TABS[name]) for name in library.signatures if name in TABS},
        section="search",
        tab=tab,
        include_shared=shared == "true",
        region=region,
        frame=frame_of(asked.region),
    )


def _form(application: str | None, address: str, error: MediaDBError | None = None) -> str:
    """The form, with what is wrong with what was sent above it."""
    return page(
        "search.html",
        library=searched_library(application),
        address=address,
        sample=current_app.config["MEDIADB_PAGES_SAMPLE"] is not None,
        section="search",
        wrong=refusal(error) if error else None,
    )


def _keep(
    library: Application, data: bytes, name: str | None, sha256: str | None = None
) -> KeptQuery:
    sha256 = sha256 or _sha256(data)
    sent = sent_picture(data, sha256)
    return keep_query(library, sent, sha256=sha256, name=name, data=data)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
