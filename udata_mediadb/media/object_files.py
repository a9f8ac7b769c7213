"""Files in a bucket (S3): told apart are "is not there" and "cannot be known".

flask-storage takes every error for a missing object, so a storage that is away would look empty to
a repair, and removes what lies below a name one by one.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

BATCH = 1000  # keys per delete: what S3 takes at most
_MISSING = ("404", "NoSuchKey", "NotFound")
_NOTHING_IN_RANGE = "InvalidRange"  # a part of an empty object


def read(backend: Any, key: str) -> bytes | None:
    """All bytes, None where there is no such object."""
    return _read(backend, key)


def read_begin(backend: Any, key: str, size: int) -> bytes | None:
    """The first `size` bytes, None where there is no such object."""
    return _read(backend, key, Range=f"bytes=0-{size - 1}")


def read_end(backend: Any, key: str, size: int) -> bytes | None:
    """The last `size` bytes, None where there is no such object."""
    return _read(backend, key, Range=f"bytes=-{size}")


def link(client: Any, bucket: str, key: str, life_s: int, answered: Mapping[str, str]) -> str:
    """A presigned URL to GET the object; `answered`: its `ContentType` and the like."""
    told = {f"Response{name}": value for name, value in answered.items()}
    url: str = client.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key, **told}, ExpiresIn=life_s
    )
    return url


def remove(backend: Any, key: str) -> None:
    """Delete the object and all below its name, up to `BATCH` with each request."""
    _delete(backend, [key])
    below: list[str] = []
    for found in backend.bucket.objects.filter(Prefix=f"{key}/"):
        below.append(found.key)
        if len(below) == BATCH:
            _delete(backend, below)
            below = []
    if below:
        _delete(backend, below)


def move(backend: Any, key: str, target: str) -> None:
    """Copy, then delete: S3 has no other way, and the first is whole before the second."""
    backend.copy(key, target)
    _delete(backend, [key])


def age_s(backend: Any, key: str) -> float:
    """Seconds since the object was written; 0 where there is none."""
    try:
        written = backend.bucket.Object(key).last_modified.timestamp()
    except ClientError as exc:
        if _code(exc) in _MISSING:
            return 0.0
        raise
    return float(time.time() - written)


def stamps(backend: Any, prefix: str) -> Iterator[tuple[str, str]]:
    """The name below the prefix of each object, with its size, checksum and time."""
    for found in backend.bucket.objects.filter(Prefix=prefix):
        written = found.last_modified.isoformat()
        yield found.key.removeprefix(prefix), f"{found.size}/{found.e_tag}/{written}"


def _read(backend: Any, key: str, **options: str) -> bytes | None:
    try:
        content: bytes = backend.bucket.Object(key).get(**options)["Body"].read()
    except ClientError as exc:
        if _code(exc) in _MISSING:
            return None
        if options and _code(exc) == _NOTHING_IN_RANGE:
            return b""
        raise
    return content


def _delete(backend: Any, keys: list[str]) -> None:
    answer = backend.bucket.delete_objects(
        Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
    )
    if refused := answer.get("Errors"):
        first = refused[0]
        raise OSError(f"{len(refused)} objects stay, such as {first['Key']}: {first.get('Code')}")


def _code(exc: ClientError) -> str:
    return str(exc.response.get("Error", {}).get("Code"))
