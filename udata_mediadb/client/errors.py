"""What a portal refuses, as exceptions. Each has what its answer said."""

from collections.abc import Mapping
from typing import Any


class MediaDBClientError(Exception):
    """Anything that went wrong. `status`: of the answer, None where there was none.

    `fields`: what is wrong with single arguments. `retry_after`: seconds to wait, where the portal
    says so. `error`: the short name of the kind (docs/reference/api.md, Errors).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error: str | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.error = error
        self.fields = dict(fields or {})
        self.retry_after = retry_after


class Unreachable(MediaDBClientError):
    """No answer: no connection, or it broke off, or took too long."""


class BadRequest(MediaDBClientError):
    """400, 422: `fields` names what is wrong."""


class NotAllowed(MediaDBClientError):
    """401, 403: no key, a wrong one, or one that may not."""


class NotFound(MediaDBClientError):
    """404, 410: no such object, as far as you may know, or a deleted one."""


class Conflict(MediaDBClientError):
    """409: the object's state does not allow it."""


class UnsupportedImage(MediaDBClientError):
    """413, 415: not a picture that is read there, or too large."""


class TooManyRequests(MediaDBClientError):
    """429: over a limit, also after waiting."""


class ServerError(MediaDBClientError):
    """5xx: something is away or wrong on the other side."""


_BY_STATUS: Mapping[int, type[MediaDBClientError]] = {
    400: BadRequest,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    413: UnsupportedImage,
    415: UnsupportedImage,
    422: BadRequest,
    429: TooManyRequests,
}


def error_of(status: int, body: Any, retry_after: float | None = None) -> MediaDBClientError:
    """The exception for an answer that is none of success. `body`: its JSON, or anything."""
    told = body if isinstance(body, Mapping) else {}
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else MediaDBClientError)
    fields = told.get("errors")
    return kind(
        str(told.get("message") or f"The portal answered {status}."),
        status=status,
        error=told.get("error"),
        fields=fields if isinstance(fields, Mapping) else None,
        retry_after=retry_after,
    )
