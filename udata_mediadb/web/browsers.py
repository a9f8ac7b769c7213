"""What browsers and caches are told beside an answer: who else may read it, and who may keep it."""

from collections.abc import Collection

from flask import Flask, Response, g, request

_ALLOWED = (
    "api-key, authorization, content-type, idempotency-key, if-match, if-none-match, range, "
    "tus-resumable, upload-checksum, upload-length, upload-metadata, upload-offset, x-api-key, "
    "x-fields"
)
_EXPOSED = (
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Link, "
    "Location, Retry-After, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version, "
    "Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, WWW-Authenticate, "
    "X-Alt-Text, X-Warning"
)
_PREFLIGHT_S = 24 * 3600
_CREDENTIALS = ("Authorization", "X-API-KEY", "api-key", "Cookie")
# Of Swagger UI: its own scripts and styles, some of them inline; and nobody frames the page, on
# which keys are typed in.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def head_answers(
    app: Flask, prefix: str, blueprints: Collection[str], *, tells_browsers: bool = True
) -> None:
    """Give all answers below `prefix` and of these blueprints what `allow_browsers` and
    `keep_private` give. `tells_browsers`: False where the portal says below `prefix` who may ask.
    """

    def head(response: Response) -> Response:
        is_other = request.blueprint in blueprints
        if request.path.startswith(f"{prefix}/") or is_other:
            if tells_browsers or is_other:
                allow_browsers(response)
            keep_private(response)
        return response

    app.after_request(head)


def allow_browsers(response: Response) -> Response:
    """CORS (Fetch standard): keys travel in headers, never in cookies, so any origin may ask.

    Said to all, so that what a cache keeps serves them as well. A host that says more, as udata
    does of its own front-end, has said so (preflights) or says it afterwards.
    """
    headers = response.headers
    if "Access-Control-Allow-Origin" in headers:
        return response
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", "")
        headers["Access-Control-Allow-Headers"] = _ALLOWED
        headers["Access-Control-Max-Age"] = str(_PREFLIGHT_S)
    return response


def keep_private(response: Response) -> Response:
    """No cache keeps an answer for which credentials were looked at, unless a route allows it."""
    if "mediadb_caller" not in g and response.status_code not in (401, 403):
        return response
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    if "public" not in response.headers["Cache-Control"]:
        response.vary.update(_CREDENTIALS)
    return response


def guard_page(response: Response) -> Response:
    """Of an HTML page with our API on it: only its own scripts, in nobody's frame."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _PAGE_POLICY)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "no-referrer")
    return response
