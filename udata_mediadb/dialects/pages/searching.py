"""P3, P4 and P5: looking for a picture, what was found, and the two beside each other."""

import hashlib
from collections.abc import Mapping

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...authorization.caller import require_active, require_allowed
from ...errors import InvalidFields, NotFound, Unauthenticated
from ...media.access import readable_media
from ...media.models import Media
from ...media.serving import picture_of
from ...recognition.signature import Comparison
from ...search.comparing import compare
from ...search.keeping import find_query, keep_query
from ...search.models import KeptQuery
from ...search.querying import Sought, find_by_picture, new_query, sent_picture
from ...search.request import read_search
from ...web.bodies import Upload, image_of
from ...web.pages import parse_page, require_in_range
from .csrf import require_own_form
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .uploads import read_form
from .visitor import find_visible, look_at, visible_applications
from .wording import IN_WORDS, headline, how_sure

# The tabs of the results: what each signature finds, in words.
TABS: Mapping[str, str] = {
    "match": "Same picture",
    "similarity": "Looks alike",
    "colors": "Colours",
}

_ENDED = "This search has ended, or it is somebody else's. Choose the picture once more."


def search() -> str:
    """The form: a file, or the address of a picture."""
    return page("search.html", library=_library(request.args.get("application")))


def start() -> Response:
    """Keep what was sent as a query, and go to its results."""
    upload = read_form()
    require_own_form()
    library = _library(upload.properties.get("application"))
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
            "decision": hit.best.decision,
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
        tabs={name: TABS[name] for name in library.signatures if name in TABS},
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
    return page(
        "compare.html",
        library=library,
        query=kept,
        media=presented([found], library)[0],
        stored=found,
        proof=proof,
        boxes=_boxes(proof, kept, found)
        if proof is not None and proof.details.get("query")
        else None,
        findings=[
            {
                "tab": TABS.get(name, name),
                "words": IN_WORDS[one.decision],
                "sure": how_sure(name, one),
                "comparison": one,
            }
            for name, one in comparisons.items()
        ],
    )


def _keep(
    library: Application, data: bytes, name: str | None, sha256: str | None = None
) -> KeptQuery:
    sha256 = sha256 or _sha256(data)
    return keep_query(library, sent_picture(data, sha256), sha256=sha256, name=name)


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


def _library(identifier: str | None) -> Application:
    """Where to search: what is named, else the visitor's first library."""
    if identifier:
        return find_visible(identifier)
    found = visible_applications()
    if not found:
        raise Unauthenticated("Sign in to search.")
    return look_at(found[0])


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _boxes(proof: Comparison, kept: KeptQuery, stored: Media) -> dict[str, str]:
    """What the two share as polygons in their own pixels: for `query` and `reference`."""
    sides = {"query": (kept.width, kept.height), "reference": (stored.width, stored.height)}
    return {
        side: " ".join(
            f"{x * width:.1f},{y * height:.1f}"
            for x, y in proof.details[side]["matchingBox"]["points"]
        )
        for side, (width, height) in sides.items()
    }
