"""A page from its template, with what every page has: languages, the visitor, links, headers."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, render_template, request, url_for
from markupsafe import Markup

from ...application.models import Application
from ...media.presigning import current_presigner
from ...web.pages import Page, page_url
from .csrf import FIELD, csrf_token
from .figures import figure, size_in_words
from .languages import current_language, gettext, ngettext, switch
from .visitor import current_visitor, may_edit, visible_applications

PAGE_SIZE = 24
LONG_NAME = 120  # letters: four lines of a heading on a phone
# Everything is ours: no script or style of another site, nothing inline, no frame elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:{pictures}; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_STATIC = Path(__file__).with_name("static")
_KEPT_S = 365 * 24 * 3600  # names of static files change with what they hold


def page(template: str, **values: Any) -> str:
    """The HTML of a page. Nothing is read for it where `visitor` and `libraries` are given."""
    if "visitor" not in values:
        values["visitor"] = current_visitor()
        values["libraries"] = visible_applications()
    return render_template(
        f"mediadb/{template}",
        **{
            "csrf_field": FIELD,
            "csrf_token": csrf_token,
            "language": current_language(),
            "languages": lambda: switch(url_for(".home")),
            "section": "",
            "here": here(),
            "menu": menu,
            "asset": asset,
            "figure": figure,
            "long": long,
            "size_in_words": size_in_words,
            "layout": current_app.config["MEDIADB_PAGES_LAYOUT"] or "mediadb/layout.html",
            "_": gettext,
            "ngettext": ngettext,
            **values,
        },
    )


def here() -> str:
    """The path of this page; where a form was sent, that of the page with the form: who signs in
    because the session had ended comes back to it."""
    if request.method == "GET":
        return request.full_path
    before = urlsplit(request.headers.get("Referer", ""))
    if before.netloc == request.host and before.path.startswith(url_for(".home")):
        return f"{before.path}?{before.query}" if before.query else before.path
    return url_for(".home")


def menu(place: Application | None) -> list[tuple[str, str, str]]:
    """Key, text and link of each entry of the main menu, for the library that one is in."""
    search = ("search", gettext("Search by image"), url_for(".search"))
    if place is None:
        return [search]
    entries = [
        ("pictures", gettext("Pictures"), url_for(".pictures", application=place.id)),
        (*search[:2], url_for(".search", application=place.id)),
        ("collections", gettext("Collections"), url_for(".collections", application=place.id)),
    ]
    if may_edit(place):
        entries += [
            ("duplicates", gettext("Duplicates"), url_for(".duplicates", application=place.id)),
            ("import", gettext("Import"), url_for(".importing", application=place.id)),
        ]
        entries += [("keys", gettext("Keys"), url_for(".keys", application=place.id))]
    return entries


def long(name: str) -> Markup:
    """The attribute of a heading that holds a long name, which is shown in smaller letters."""
    return Markup(' class="mdb-long"') if len(name) > LONG_NAME else Markup("")


def asset(name: str) -> str:
    """The URL of a static file, which is another one when the file is."""
    return url_for(".static", filename=name, v=_digest(name))


def neighbours(found: Page[Any]) -> dict[str, str | None]:
    """Links to the page before and the page after."""
    number = found.request.page
    return {
        "previous": page_url(request.full_path, number - 1) if found.has_previous else None,
        "next": page_url(request.full_path, number + 1) if found.has_next else None,
    }


def _policy() -> str:
    """With the bucket, where files are answered by redirects to it."""
    presigner = current_presigner()
    return POLICY.format(pictures=f" {presigner.origin}" if presigner else "")


def with_headers(response: Response) -> Response:
    """Nothing of a page is kept by caches or shown in others' frames."""
    response.headers.setdefault("Content-Security-Policy", _policy())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if not request.endpoint or not request.endpoint.endswith(".static"):
        response.headers["Cache-Control"] = "private, no-store"
        return response
    response.headers["Access-Control-Allow-Origin"] = "*"  # other sites read embed.js as a module
    if "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_S}, immutable"
    return response


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
