"""What search engines and embedders look for beside the pages: a sitemap, and oEmbed by header."""

from collections.abc import Iterator, Sequence
from html import escape

from flask import Blueprint, Flask, Response, abort, g, request, url_for

from ...application.models import Application
from ...authorization.caller import Caller
from ...media.feeds.oembed import link_to_oembed
from ...media.links import PAGE_ENDPOINT
from ...media.listing import active_in
from ...media.models import Media
from ...mongo.clock import utc

BLUEPRINT = "mediadb_sitemap"
URLS_MAX = 50_000  # of one file: the protocol's own limit (sitemaps.org)
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def mount_sitemap(app: Flask, prefix: str) -> None:
    """`<prefix>/sitemap.xml`: an index of the public libraries, one file per 50,000 media."""
    sitemap = Blueprint(BLUEPRINT, __name__, url_prefix=prefix.rstrip("/"))
    sitemap.add_url_rule("/sitemap.xml", "index", _index)
    sitemap.add_url_rule("/sitemap/<application>/<int:part>.xml", "part", _part)
    sitemap.before_request(_ask_for_nobody)
    app.register_blueprint(sitemap)
    app.after_request(_discoverable)


def _index() -> Response:
    entries = []
    for application in _public():
        count = Media.objects(__raw__=active_in(application.id)).count()
        for part in range(1, max(1, -(-count // URLS_MAX)) + 1):
            url = url_for(".part", application=application.id, part=part, _external=True)
            entries.append(f"<sitemap><loc>{escape(url)}</loc></sitemap>\n")
    return _xml(iter(entries), "sitemapindex")


def _part(application: str, part: int) -> Response:
    found = next((one for one in _public() if one.id == application), None)
    if found is None or part < 1:
        abort(404)
    media = Media._get_collection().find(active_in(found.id), {"updated_at": 1}).sort("_id", 1)
    some = media.skip((part - 1) * URLS_MAX).limit(URLS_MAX)
    dated = [(one["_id"], utc(one["updated_at"]).isoformat()) for one in some]
    home = url_for("mediadb_pages.pictures", application=found.id, _external=True)
    first = [f"<url><loc>{escape(home)}</loc></url>\n"] if part == 1 else []
    return _xml(iter([*first, *_pages(found.id, dated)]), "urlset")


def _ask_for_nobody() -> None:
    """What everybody may see is in it, whoever asks."""
    g.mediadb_caller = Caller(None, None)


def _public() -> Sequence[Application]:
    return list(Application.objects(public=True, status="Active").order_by("id"))


def _pages(application: str, media: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Addresses are made from one: 50,000 take seconds."""
    example = media[0][0] if media else ""
    shape = url_for(PAGE_ENDPOINT, application=application, media=example or "x", _external=True)
    for identifier, changed in media:
        address = escape(shape.replace(example, identifier))
        yield f"<url><loc>{address}</loc><lastmod>{changed}</lastmod></url>\n"


def _xml(entries: Iterator[str], root: str) -> Response:
    body = f'{_HEAD}<{root} xmlns="{_XMLNS}">\n{"".join(entries)}</{root}>\n'
    return Response(body, mimetype="application/xml")


def _discoverable(response: Response) -> Response:
    """The page of a public picture says where its oEmbed is."""
    if request.endpoint == PAGE_ENDPOINT and response.status_code == 200:
        link_to_oembed(response, request.base_url)
    return response
