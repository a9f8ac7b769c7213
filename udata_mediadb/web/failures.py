"""What a database or a storage that fails means for the one who asks: 503 or 507, try again."""

import errno
from collections.abc import Iterator

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from mongoengine.connection import ConnectionFailure as NotConnected
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    WTimeoutError,
)

from ..errors import MediaDBError, StorageFull, Unavailable

RETRY_S = 2  # MongoDB is looked for again after this; it usually restarts within seconds
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_AWAY = frozenset(
    {errno.EROFS, errno.EIO, errno.ESTALE, errno.ENXIO, errno.EACCES, errno.EPERM}
    | {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM, errno.ETIMEDOUT, errno.EHOSTDOWN}
)
_FULL_CODES = frozenset({14031})  # MongoDB: OutOfDiskSpace
# MongoDB's: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
_AWAY_CODES = frozenset(
    {
        *(10107, 13435, 13436, 10058, 189, 11600, 11602, 91),  # not the primary, or stopping
        *(6, 7, 89, 9001, 262, 134, 50, 133),  # hosts, the network, its time
        *(64, 100, 112, 11601),  # no majority, two writes at once, interrupted
        *(13, 18),  # credentials of the portal that are wrong, or changed while it runs
    }
)
_RETRYABLE = ("RetryableWriteError", "TransientTransactionError")
_FULL_BUCKETS = frozenset({"InsufficientStorage", "XMinioStorageFull", "QuotaExceeded", "507"})
_STORAGE_AWAY = "The storage of the files does not answer. Try again in a moment."
_STORAGE_FULL = "The storage is full. What was sent was not kept."
_DATABASE_AWAY = "The database does not answer. Try again in a moment."


def failure_of(exc: BaseException) -> MediaDBError | None:
    """The answer for this failure of a database or a storage; None for any other exception.

    Also where a library has wrapped it: MongoEngine names neither code nor class.
    """
    found = (_meaning(one) for one in _with_causes(exc))
    return next((meaning for meaning in found if meaning is not None), None)


def _with_causes(exc: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = exc
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        if isinstance(one, MediaDBError):  # ours says what it means
            return
        one = one.__cause__ or one.__context__


def _meaning(exc: BaseException) -> MediaDBError | None:
    if isinstance(exc, ConnectionFailure | ExecutionTimeout | WTimeoutError | NotConnected):
        return Unavailable(_DATABASE_AWAY, RETRY_S, what="database")
    if isinstance(exc, OperationFailure):
        return _meaning_of_operation(exc)
    of_s3 = isinstance(exc, BotoCoreError | Boto3Error | ClientError)
    # first: botocore's time-outs and errors of TLS are OSErrors, too, without a number
    if of_s3 or (isinstance(exc, OSError) and exc.errno in _FULL | _AWAY):
        if _is_full(exc):
            return StorageFull(_STORAGE_FULL, what="storage")
        return Unavailable(_STORAGE_AWAY, RETRY_S, what="storage")
    return None


def _is_full(exc: BaseException) -> bool:
    if isinstance(exc, ClientError):
        return str(exc.response.get("Error", {}).get("Code")) in _FULL_BUCKETS
    return isinstance(exc, OSError) and exc.errno in _FULL


def _meaning_of_operation(exc: OperationFailure) -> MediaDBError | None:
    codes = {exc.code}
    if isinstance(exc, BulkWriteError):
        details = exc.details or {}
        failed = [*details.get("writeErrors", ()), *details.get("writeConcernErrors", ())]
        codes |= {one.get("code") for one in failed}
    if codes & _FULL_CODES:
        return StorageFull(_STORAGE_FULL, what="database")
    if codes & _AWAY_CODES or any(exc.has_error_label(label) for label in _RETRYABLE):
        return Unavailable(_DATABASE_AWAY, RETRY_S, what="database")
    return None
