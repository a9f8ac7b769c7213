"""What a database or a storage that fails is answered with: never 500, nothing is left behind."""

import errno
import logging
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from mongoengine.errors import OperationError
from pymongo.errors import BulkWriteError, NotPrimaryError, OperationFailure, WTimeoutError

from udata_mediadb.errors import InvalidRequest
from udata_mediadb.media.models import PENDING, Media
from udata_mediadb.web.failures import failure_of

from ..hosts import current_host
from ..images import jpeg
from ..portal_here import portal_here
from ..s3 import S3, needs_s3, running_s3


def wrapped(exc: Exception) -> Exception:
    """As MongoEngine wraps it: the class and the code are gone."""
    try:
        try:
            raise exc
        except OperationFailure as err:
            raise OperationError(f"Could not save document ({err})")  # noqa: B904
    except OperationError as outer:
        return outer


def refused_by_s3(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code}}, "PutObject")


FAILURES = [
    *((OSError(number, "no room"), 507) for number in (errno.ENOSPC, errno.EDQUOT)),
    *((OSError(number, "away"), 503) for number in (errno.EROFS, errno.EIO, errno.EACCES)),
    *((OperationFailure("", code), 503) for code in (11600, 11602, 91, 189, 10107, 13435, 64, 18)),
    *((wrapped(OperationFailure("", code)), 503) for code in (11600, 189, 10107)),
    (wrapped(OperationFailure("", 14031)), 507),
    (WTimeoutError("", 64), 503),
    (NotPrimaryError("not master"), 503),
    (BulkWriteError({"writeConcernErrors": [{"code": 91}], "writeErrors": []}), 503),
    (OperationFailure("", 1, {"errorLabels": ["RetryableWriteError"]}), 503),
    (EndpointConnectionError(endpoint_url="http://s3"), 503),
    (ReadTimeoutError(endpoint_url="http://s3"), 503),
    (ConnectTimeoutError(endpoint_url="http://s3"), 503),
    (SSLError(endpoint_url="https://s3", error="expired"), 503),
    (ProxyConnectionError(proxy_url="http://proxy"), 503),
    (refused_by_s3("InternalError"), 503),
    (refused_by_s3("SlowDown"), 503),
    (refused_by_s3("XMinioStorageFull"), 507),
]


@pytest.mark.parametrize(("exc", "status"), FAILURES, ids=lambda one: repr(one)[:60])
def test_each_failure_says_when_to_ask_again(exc: Exception, status: int) -> None:
    failure = failure_of(exc)

    assert failure is not None
    assert failure.status == status
    assert int(failure.headers()["Retry-After"]) > 0


OTHERS = [
    OperationFailure("bad query", 2),
    wrapped(OperationFailure("bad query", 9)),
    ValueError("a fault of ours"),
    OSError("without a number"),
    FileNotFoundError(errno.ENOENT, "gone"),
    InvalidRequest("told already"),
]


@pytest.mark.parametrize("exc", OTHERS, ids=lambda one: repr(one)[:60])
def test_a_fault_of_ours_stays_one(exc: Exception) -> None:
    assert failure_of(exc) is None


def test_what_we_raise_because_of_one_says_what_it_means() -> None:
    try:
        raise InvalidRequest("told") from OSError(errno.ENOSPC, "no room")
    except InvalidRequest as exc:
        assert failure_of(exc) is None


@pytest.fixture
def read_only_disk(small_disk: Path) -> Iterator[Path]:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    yield small_disk
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


def test_a_disk_that_became_read_only_is_one_line_and_503(
    uri: str, read_only_disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = {"MEDIADB_INDEX_ROOT": str(tmp_path / "index")}
    with portal_here(uri, read_only_disk, **settings) as here:
        with caplog.at_level(logging.WARNING):
            refused = here.upload(jpeg(1, 320, 240))

        assert (refused.status_code, refused.json["error"]) == (503, "unavailable")
        assert refused.headers["Retry-After"]
        told = [one.getMessage() for one in caplog.records if "answers" in one.name]
        assert len(told) == 1, told
        assert "EROFS" not in refused.text
        assert Media.objects(state=PENDING).count() == 0


@needs_s3
def test_an_s3_that_is_away_is_503_and_leaves_nothing_pending(uri: str, tmp_path: Path) -> None:
    with running_s3(tmp_path / "s3") as s3, portal_here(uri, tmp_path, **s3.settings) as here:
        media = here.add(jpeg(1, 320, 240))["id"]
        s3.kill()

        answers = [
            here.upload(jpeg(2, 320, 240)),
            here.get(f"media/{media}/files/media/"),
            here.get(f"media/{media}/files/original/"),
            here.delete(f"media/{media}/?force=true"),
        ]

        assert {answer.status_code for answer in answers} == {503}
        assert all(answer.headers["Retry-After"] for answer in answers)
        assert Media.objects(state=PENDING).count() == 0


@needs_s3
def test_workers_that_start_at_once_make_the_bucket_together(
    uri: str, tmp_path: Path, s3: S3
) -> None:
    names = [f"fresh-{os.getpid()}-{number}" for number in range(3)]

    def start(name: str) -> None:
        settings = {
            **s3.settings,
            "MEDIADB_FS_BUCKET_NAME": name,
            "MEDIADB_FS_CREATE_BUCKET": True,
        }
        current_host().new_app(uri, tmp_path, **settings)

    for name in names:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(start, [name] * 4))

    found = {bucket["Name"] for bucket in s3.client.list_buckets()["Buckets"]}
    assert set(names) <= found
