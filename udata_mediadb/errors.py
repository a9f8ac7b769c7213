"""The errors this package raises, each with its HTTP form.

MediaDBError
├── InvalidRequest (400)
│   └── InvalidFields (400, names the fields)
├── Unauthenticated (401)
├── Forbidden (403)
│   └── QuotaExceeded (403)
├── NotFound (404)
├── RequestTimeout (408)
├── Conflict (409)
│   └── GroupChanged (409, names what changed)
├── Gone (410)
│   └── TakenDown (410, names the reason)
├── TooLarge (413)
├── UnsupportedImage (415)
├── Unprocessable (422)
├── ReadOnly (423)
├── TooManyRequests (429, Retry-After)
├── FetchRefused (400)
├── Unavailable (503, Retry-After)
│   └── StorageFull (507, Retry-After)
└── Misconfigured (500; stops the start)

A message names the bad value and what is accepted, never a key, a token or a path of the server.
"""

from collections.abc import Mapping


class MediaDBError(Exception):
    """Base of all; `slug` is stable and documented, `status` is the HTTP code."""

    slug = "error"
    status = 500

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def body(self) -> dict[str, object]:
        """The JSON body: message, status, and whatever the class adds."""
        return {"message": self.message, "status": self.status, "error": self.slug}

    def headers(self) -> dict[str, str]:
        """Headers that belong to the answer."""
        return {}


class InvalidRequest(MediaDBError):
    """The request as a whole cannot be understood."""

    slug = "invalid-request"
    status = 400


class InvalidFields(InvalidRequest):
    """Single fields are wrong; `errors` maps each to what is accepted."""

    slug = "invalid-fields"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {why}" for name, why in errors.items()))
        self.errors = dict(errors)

    def body(self) -> dict[str, object]:
        return {**super().body(), "errors": self.errors}


class Unauthenticated(MediaDBError):
    """No credentials, or wrong ones."""

    slug = "unauthenticated"
    status = 401

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="mediadb"'}


class Forbidden(MediaDBError):
    """Known caller, not allowed."""

    slug = "forbidden"
    status = 403


class QuotaExceeded(Forbidden):
    """The application holds as much as it may."""

    slug = "quota-exceeded"


class NotFound(MediaDBError):
    """No such object, as far as this caller may know."""

    slug = "not-found"
    status = 404


class RequestTimeout(MediaDBError):
    """The body of the request came too slowly."""

    slug = "request-timeout"
    status = 408


class Conflict(MediaDBError):
    """The object's present state does not allow it."""

    slug = "conflict"
    status = 409


class GroupChanged(Conflict):
    """A group of duplicates is not what the client read; `changes`: what became of which media."""

    slug = "group-changed"

    def __init__(self, changes: Mapping[str, list[str]]) -> None:
        said = "; ".join(f"{name}: {', '.join(media)}" for name, media in changes.items())
        super().__init__(f"The group changed since it was read: {said}"[:1000])
        self.changes = dict(changes)

    def body(self) -> dict[str, object]:
        return {**super().body(), "changes": self.changes}


class Gone(MediaDBError):
    """The object was deleted."""

    slug = "gone"
    status = 410


class TakenDown(Gone):
    """It was taken down, for a reason that is told."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This media was taken down: {reason}")
        self.reason = reason

    def body(self) -> dict[str, object]:
        return {**super().body(), "takedown": self.reason}


class TooLarge(MediaDBError):
    """Too many bytes or too many pixels."""

    slug = "too-large"
    status = 413


class UnsupportedImage(MediaDBError):
    """The bytes are not an image that we read."""

    slug = "unsupported-image"
    status = 415


class Unprocessable(MediaDBError):
    """Understood, but it contradicts what was sent before."""

    slug = "unprocessable"
    status = 422


class PreconditionFailed(MediaDBError):
    """The request named a state (`If-Match`) that the object is not in any more."""

    slug = "precondition-failed"
    status = 412


class ChecksumMismatch(MediaDBError):
    """Bytes that are not those which their checksum is of (tus 1.0.0, checksum)."""

    slug = "checksum-mismatch"
    status = 460


class ReadOnly(MediaDBError):
    """The portal takes no changes at present."""

    slug = "read-only"
    status = 423


class FetchRefused(InvalidRequest):
    """A URL that we do not fetch, or that did not give an image in time."""

    slug = "fetch-refused"


class TooManyRequests(MediaDBError):
    """Over a limit for now."""

    slug = "too-many-requests"
    status = 429

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}


class Unavailable(MediaDBError):
    """Something that the answer needs is away for a moment."""

    slug = "unavailable"
    status = 503

    def __init__(self, message: str, retry_after_s: int = 2, *, what: str = "other") -> None:
        """`what` is away, for the metrics: database, storage, decoding, cluster or other."""
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.what = what

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}


class StorageFull(Unavailable):
    """There is no room for what was sent; nothing of it was kept."""

    slug = "storage-full"
    status = 507

    def __init__(self, message: str, retry_after_s: int = 60, *, what: str = "storage") -> None:
        super().__init__(message, retry_after_s, what=what)


class Misconfigured(MediaDBError):
    """A setting without which the portal cannot work is missing or wrong; raised by `init_app`."""

    slug = "misconfigured"
