"""Idempotency-Key: a request that is repeated with the same key gets the first answer.

For clients that lost an answer and cannot know whether they were heard. After the IETF's draft
"The Idempotency-Key HTTP Header Field": another body with the same key is 422, a repeat while the
first is being answered 409. Errors are not kept: what was refused may be tried again.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Response, after_this_request, request
from flask_restx import Model
from pymongo.errors import DuplicateKeyError

from ..errors import Conflict, InvalidFields, Unprocessable
from ..mongo.clock import now, utc
from ..mongo.documents import durable
from .arguments import Argument
from .bodies import Upload
from .models import OnceAnswered
from .page_fields import as_answered

HEADER = "Idempotency-Key"
KEY = Argument(
    HEADER,
    "Any text of your own, new for each request: repeated within a day with the same body, the "
    "request is answered with the first answer and does nothing",
)
# An upload takes a second; a worker that was killed in one is given up after this.
GIVEN_UP = timedelta(seconds=60)
_LENGTH_MAX = 255
Answer = tuple[dict[str, Any], int]


def answered_once(
    caller: str, sent: Upload, model: Model, make: Callable[[str | None], Answer]
) -> Answer:
    """What `make` answers, or what it answered to the same request before.

    `caller`: who asks, and for whom: the same key of another one is another key.
    `make` gets a UUID that is the same for every repeat, None without a key: an object that is made
    under it is found again also where the answer was never written.
    """
    key = _key()
    if key is None:
        return make(None)
    identity = _digest([caller, request.method, request.path, key])
    record = {"_id": identity, "body": _hash_of(sent), "at": now()}
    known = _begin(record)
    if known is not None:
        return _replayed(known)
    documents = durable(OnceAnswered)
    try:
        answer, status = make(str(uuid.UUID(identity[:32])))
    except Exception:
        documents.delete_one({"_id": identity, "answer": None})
        raise
    text = json.dumps(as_answered(answer, model))
    documents.update_one({"_id": identity}, {"$set": {"answer": text, "status": status}})
    return answer, status


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not (
        0 < len(key) <= _LENGTH_MAX and key.isascii() and key.isprintable()
    ):
        raise InvalidFields({HEADER: f"1 to {_LENGTH_MAX} printable ASCII characters"})
    return key


def _begin(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Note that this one is being answered; what was noted before, where it has an answer.

    Raises Unprocessable for another body, Conflict while the first is being answered.
    """
    documents = durable(OnceAnswered)
    try:
        documents.insert_one(dict(record))
    except DuplicateKeyError:
        pass
    else:
        return None
    known = documents.find_one({"_id": record["_id"]})
    if known is None:  # the first one has just failed
        return _begin(record)
    if known["body"] != record["body"]:
        raise Unprocessable(f"This {HEADER} was sent with another body before.")
    if known.get("answer") is not None:
        return known
    is_old = utc(known["at"]) < now() - GIVEN_UP
    taken = {"_id": record["_id"], "at": known["at"], "answer": None}
    if is_old and documents.update_one(taken, {"$set": {"at": record["at"]}}).modified_count:
        return None
    raise Conflict(f"The first request with this {HEADER} is being answered at this moment.")


def _replayed(known: Mapping[str, Any]) -> Answer:
    @after_this_request
    def tell(response: Response) -> Response:
        response.headers["Idempotency-Replayed"] = "true"
        return response

    return json.loads(known["answer"]), int(known["status"])


def _hash_of(sent: Upload) -> str:
    files = [
        text
        for one in (sent, *sent.further)
        for text in (hashlib.sha256(one.image or b"").hexdigest(), one.filename or "")
    ]
    return _digest([*files, json.dumps(sent.properties, sort_keys=True)])


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
