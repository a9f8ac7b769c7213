"""A page from its template, with what every page has: languages, the visitor, links, headers."""

from gettext import NullTranslations
from typing import Any

from flask import Response, make_response, render_template, request, url_for

from ...errors import MediaDBError
from ...web.pages import Page, page_url
from .csrf import FIELD, csrf_token
from .visitor import current_visitor, visible_applications

PAGE_SIZE = 24
gettext = NullTranslations().gettext  # English; catalogues of other languages go here
# Everything is ours: no script of another site, no inline style, no frame elsewhere.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def page(template: str, **values: Any) -> str:
    """The HTML of a page."""
    return render_template(
        f"mediadb/{template}",
        visitor=current_visitor(),
        libraries=visible_applications(),
        csrf_field=FIELD,
        csrf_token=csrf_token,
        _=gettext,
        **values,
    )


def neighbours(found: Page[Any]) -> dict[str, str | None]:
    """Links to the page before and the page after."""
    number = found.request.page
    return {
        "previous": page_url(request.full_path, number - 1) if found.has_previous else None,
        "next": page_url(request.full_path, number + 1) if found.has_next else None,
    }


def error_page(error: MediaDBError) -> Response:
    """What went wrong and what to do next, as a page; for 401 the way to sign in."""
    values = {
        "message": error.message,
        "status": error.status,
        "errors": error.body().get("errors"),
    }
    here = request.full_path if request.method == "GET" else url_for(".home")
    html = page("error.html", sign_in=error.status == 401, here=here, **values)
    response = make_response(html, error.status)
    response.headers.update({k: v for k, v in error.headers().items() if k != "WWW-Authenticate"})
    return response


def with_headers(response: Response) -> Response:
    """Nothing of a page is kept by caches or shown in others' frames."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    if not request.endpoint or not request.endpoint.endswith(".static"):
        response.headers["Cache-Control"] = "private, no-store"
    return response
