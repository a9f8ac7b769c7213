"""Files in a bucket (S3): told apart are "is not there" and "cannot be known".

flask-storage takes every error for a missing object, so a storage that is away would look empty to
a repair, and removes what lies below a name one by one.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

BATCH = 1000  # keys per delete: what S3 takes at most
# To an answer, and between two blocks of one. botocore's own are 60 s each, five times: where a
# network lets nothing through, all threads of a portal would wait five minutes, and its lists too.
CONNECT_S, READ_S, ATTEMPTS = 5, 20, 3
PROBE_S = 2  # health checks have deadlines of 5 s
_MISSING = ("404", "NoSuchKey", "NotFound")
_NOTHING_IN_RANGE = "InvalidRange"  # a part of an empty object


def bound(backend: Any) -> None:
    """Have all that is asked of the bucket end in time."""
    backend.s3 = backend.session.resource("s3", **_access(backend, CONNECT_S, READ_S, ATTEMPTS))
    backend.client = backend.s3.meta.client
    backend.bucket = backend.s3.Bucket(backend.bucket.name)


def require_answer(backend: Any, key: str) -> None:
    """Raise what botocore raises where the bucket does not say, and soon, whether it has this."""
    client = backend.session.client("s3", **_access(backend, PROBE_S, PROBE_S, 1))
    try:
        client.get_object(Bucket=backend.bucket.name, Key=key, Range="bytes=-1")
    except ClientError as exc:
        if _code(exc) not in _MISSING:
            raise
    finally:
        client.close()


def _access(backend: Any, connect_s: float, read_s: float, attempts: int) -> dict[str, Any]:
    """As flask-storage's own, with these limits."""
    return {
        "endpoint_url": backend.config.endpoint,
        "region_name": backend.config.region,
        "aws_access_key_id": backend.config.access_key,
        "aws_secret_access_key": backend.config.secret_key,
        "config": Config(
            signature_version="s3v4",
            connect_timeout=connect_s,
            read_timeout=read_s,
            retries={"total_max_attempts": attempts},
        ),
    }


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
