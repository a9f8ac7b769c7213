"""P3, P4 and P5: looking for a picture, what was found, and the two beside each other."""

import hashlib
from collections.abc import Mapping

from flask import Response, current_app, redirect, request, url_for

from ...application.models import Application
from ...authorization.caller import require_active, require_allowed
from ...errors import InvalidFields, NotFound
from ...media.access import readable_media
from ...media.serving import picture_of
from ...search.comparing import compare
from ...search.keeping import find_query, keep_query
from ...search.models import KeptQuery
from ...search.querying import Sought, find_by_picture, new_query, sent_picture
from ...search.request import read_search
from ...web.bodies import Upload, image_of
from ...web.pages import parse_page, require_in_range
from .csrf import require_own_form
from .languages import gettext, marked
from .presenting import presented
from .proof import boxes, homography
from .rendering import PAGE_SIZE, neighbours, page
from .uploads import read_form
from .visitor import look_at, searched_library
from .wording import IN_WORDS, headline, how_sure, likeness, seen

# The tabs of the results: what each signature finds, in words.
TABS: Mapping[str, str] = {
    "match": marked("Same picture"),
    "similarity": marked("Looks alike"),
    "colors": marked("Colours"),
}

# How two pictures can be looked at beside or over each other.
VIEWS: Mapping[str, str] = {
    "side": marked("Side by side"),
    "slide": marked("Slide"),
    "blink": marked("Blink"),
    "difference": marked("Difference"),
}

_ENDED = "This search has ended, or it is somebody else's. Choose the picture once more."


def search() -> str:
    """The form: a file, or the address of a picture."""
    return page(
        "search.html",
        library=searched_library(request.args.get("application")),
        address=request.args.get("url", ""),
        sample=current_app.config["MEDIADB_PAGES_SAMPLE"] is not None,
        section="search",
    )


def start() -> Response:
    """Keep what was sent as a query, and go to its results."""
    upload = read_form()
    require_own_form()
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
    kept, library = _kept(query)
    require_allowed("search", library)
    tab = request.args.get("signatures", "")
    asked = read_search(
        {"signatures": tab, "include_shared": request.args.get("include_shared", "")}
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
            "box": boxes(hit.best, (kept.width, kept.height), (hit.media.width, hit.media.height)),
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
        include_shared=request.args.get("include_shared") == "true",
    )


def compared(query: str, media: str) -> str:
    """The query and a stored picture beside each other, with what they share marked in both."""
    kept, library = _kept(query)
    require_allowed("search", library)
    found, home = readable_media(media)
    if home.id != library.id:
        raise NotFound("There is no such picture.")
    comparisons = compare(library, kept, found)
    proof = comparisons.get("match")
    view = request.args.get("view", "side")
    if view not in VIEWS:
        raise InvalidFields({"view": f"one of {', '.join(VIEWS)}"})
    return page(
        "compare.html",
        library=library,
        query=kept,
        media=presented([found], library)[0],
        stored=found,
        proof=proof,
        boxes=boxes(proof, (kept.width, kept.height), (found.width, found.height)),
        homography=homography(proof),
        seen=seen(proof),
        view=view,
        views=VIEWS,
        section="search",
        findings=[
            {
                "tab": gettext(TABS.get(name, name)),
                "words": gettext(IN_WORDS[one.decision]),
                "sure": how_sure(name, one),
                "points": one.details.get("inliers"),
            }
            for name, one in comparisons.items()
        ],
    )


def _keep(
    library: Application, data: bytes, name: str | None, sha256: str | None = None
) -> KeptQuery:
    sha256 = sha256 or _sha256(data)
    sent = sent_picture(data, sha256)
    return keep_query(library, sent, sha256=sha256, name=name, data=data)


def copy(query: str) -> Response:
    """The picture of a query."""
    kept, _ = _kept(query)
    response = Response(bytes(kept.copy), mimetype="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _kept(query: str) -> tuple[KeptQuery, Application]:
    """A query of this visitor's, and where it is asked; NotFound says what to do next."""
    found = KeptQuery.objects(id=query[:64]).only("application").first()
    library = Application.objects(id=found.application).first() if found else None
    if library is None:
        raise NotFound(_ENDED)
    look_at(library)
    try:
        return find_query(query), library
    except NotFound:
        raise NotFound(_ENDED) from None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
