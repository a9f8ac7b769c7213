"""Routes that compare two pictures, udata dialect."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from ..authorization.resource import MediaDBResource
from ..web.arguments import readers
from ..web.bodies import read_upload
from ..web.declaring import takes
from ..web.namespace import SECURITY, ns
from ..web.readers import read_properties
from .compare_arguments import OVERLAY, PAIR, PAIR_QUERY
from .compare_fields import OVERLAY_ENDPOINT, compared_fields, comparison_models, represent_compared
from .comparing import Compared, compare_sides
from .overlays import MIME, SIDE_PX, alt_text, overlay
from .pairs import pair_of

ALT_HEADER = "X-Alt-Text"
_ERRORS = (403, 404, 410, 413, 415, 429)

for model in comparison_models:
    ns.add_model(model.name, model)


@ns.route("/compare/", endpoint="mediadb_compare")
class CompareAPI(MediaDBResource):
    """Two pictures beside each other."""

    only_reads = True

    @takes(query=PAIR_QUERY, errors=(403, 404, 410, 429))
    @ns.doc("get_mediadb_comparison", security=SECURITY)
    @ns.marshal_with(compared_fields)
    def get(self) -> dict[str, Any]:
        """Compare two of what is kept and stored: a link that can be shared."""
        return represent_compared(_named())

    @takes(body=PAIR, image=True, files_max=2, errors=_ERRORS)
    @ns.doc("compare_mediadb_pictures", security=SECURITY)
    @ns.marshal_with(compared_fields)
    def post(self) -> dict[str, Any]:
        """Compare any two of file, URL, media and query; nothing is stored.

        A form may have two file parts `image`. `media`, `query` and `url` are one or two each.
        """
        return represent_compared(_sent()[0])


@ns.route("/compare/overlay", endpoint=OVERLAY_ENDPOINT, strict_slashes=False)
class OverlayAPI(MediaDBResource):
    """Two pictures and what they share, drawn."""

    only_reads = True

    @takes(query=(*PAIR_QUERY, *OVERLAY), errors=(403, 404, 410, 429))
    @ns.doc("get_mediadb_overlay", security=SECURITY, produces=list(MIME.values()))
    def get(self) -> Response:
        """A drawing of two of what is kept and stored; what it shows is in `X-Alt-Text`."""
        return _drawn(_named(), request.args)

    @takes(body=(*PAIR, *OVERLAY), image=True, files_max=2, errors=_ERRORS)
    @ns.doc("draw_mediadb_overlay", security=SECURITY, produces=list(MIME.values()))
    def post(self) -> Response:
        """A drawing of any two pictures, named as for `POST compare/`."""
        compared, properties = _sent()
        return _drawn(compared, properties)


def _named() -> Compared:
    several = {name: request.args.getlist(name) for name in ("query", "media")}
    return compare_sides(*pair_of({**request.args.to_dict(), **several}))


def _sent() -> tuple[Compared, Mapping[str, Any]]:
    upload = read_upload()
    return compare_sides(*pair_of(upload.properties, (upload, *upload.further))), upload.properties


def _drawn(compared: Compared, properties: Mapping[str, Any]) -> Response:
    asked = read_properties(properties, readers(*OVERLAY))
    view, kind = asked.get("view", "side"), asked.get("format", "png")
    data = overlay(compared, view, kind, asked.get("size", SIDE_PX))
    response = Response(data, mimetype=MIME[kind])
    response.headers[ALT_HEADER] = alt_text(compared, view)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
