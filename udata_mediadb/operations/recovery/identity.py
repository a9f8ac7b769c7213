"""Whether this database and these files belong together; asked before anything is mended.

A repair trusts the documents: what no document names looks left over. With a typo in the address of
MongoDB, an empty database or one from an older backup, that is every picture. So a portal has an
identity, in the database and beside the files, and whoever repairs asks for it first.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import flask_storage
from pymongo import ReturnDocument

from ...application.models import Application
from ...errors import Conflict
from ...media import files
from ...media.models import Media
from ...mongo.clock import now, utc
from ...mongo.documents import durable
from .models import Portal

NAME = f"{files.OWN_PREFIX}portal.json"
TURN_AFTER = timedelta(hours=1)  # how old a database may be without being noticed by its turn alone
_ID = "portal"
_WAY_OUT = (
    "Nothing was changed. Look at MEDIADB_MONGODB_URI and FS_ROOT (or the bucket) first. "
    "If this database and these files belong together all the same, after a restore or a move, "
    "say so: flask mediadb identity --accept"
)


@dataclass(frozen=True)
class Beside:
    """What is said beside the files."""

    identity: str
    turn: int


def require_identity(storage: flask_storage.Storage) -> None:
    """Raise Conflict unless this database and these files belong together; noted on both sides.

    A portal of an earlier version has no identity yet, and gets one where its database knows an
    application of the files that there are.
    """
    beside, portal = read_beside(storage), _portal()
    if portal is None and beside is not None:
        raise Conflict(
            f"The files are those of the portal {beside.identity}, and this database knows nothing "
            f"of it: it is another one, empty, or older than that. {_WAY_OUT}"
        )
    if portal is None:
        _require_known_application(storage)
        portal = _new_portal()
    elif beside is None and portal.get("beside"):
        raise Conflict(
            f"The files of the portal {portal['identity']} are not there: {NAME} is missing beside "
            f"them. {_WAY_OUT}"
        )
    elif beside is not None and beside.identity != portal["identity"]:
        raise Conflict(
            f"The files are those of the portal {beside.identity}, the database is that of "
            f"{portal['identity']}. {_WAY_OUT}"
        )
    elif beside is not None and beside.turn > portal.get("turn", 0):
        raise Conflict(
            "The database is older than the files: it was restored from a backup. Bring back the "
            "newest one that there is; what was uploaded since is not deleted, and "
            f"`flask mediadb orphans adopt` takes it in afterwards. {_WAY_OUT}"
        )
    _note(storage, portal, beside)


def accept(storage: flask_storage.Storage) -> str:
    """From now on this database and these files belong together; their identity."""
    portal = _portal() or _new_portal()
    changes: dict[str, Any] = {"accepted_at": now()}
    if beside := read_beside(storage):
        changes["turn"] = max(beside.turn, portal.get("turn", 0))
    durable(Portal).update_one({"_id": _ID}, {"$set": changes})
    _write(storage, _turned())
    return str(portal["identity"])


def accepted_after(moment: Any) -> bool:
    """Whether a person said that all belongs together after this moment."""
    portal = _portal() or {}
    return "accepted_at" in portal and bool(portal["accepted_at"] >= utc(moment))


def describe(storage: flask_storage.Storage) -> tuple[str | None, str | None]:
    """The identity of the database and that beside the files; None where there is none."""
    portal, beside = _portal(), read_beside(storage)
    return portal["identity"] if portal else None, beside.identity if beside else None


def read_beside(storage: flask_storage.Storage) -> Beside | None:
    """What is beside the files; None for nothing. Conflict for what is no identity."""
    content = files.read(storage, NAME)
    if content is None:
        return None
    try:
        said = json.loads(content)
        return Beside(str(said["identity"]), int(said["turn"]))
    except (ValueError, TypeError, KeyError) as exc:
        raise Conflict(f"{NAME} beside the files cannot be read: {exc}. {_WAY_OUT}") from exc


def _require_known_application(storage: flask_storage.Storage) -> None:
    """Raise Conflict where there are files, and none of an application of this database."""
    held = {name.split("/")[0] for name in files.list_names(storage)}
    if held and Application.objects(id__in=sorted(held)).only("id").first() is None:
        has = f"{Application.objects.count()} applications, {Media.objects.count()} media"
        raise Conflict(
            f"The files are those of {len(held)} applications that this database ({has}) does not "
            f"know: it is another one, or empty. {_WAY_OUT}"
        )


def _portal() -> dict[str, Any] | None:
    found: dict[str, Any] | None = durable(Portal).find_one({"_id": _ID})
    return found


def _new_portal() -> dict[str, Any]:
    """Made by the first of several."""
    made = {"identity": uuid4().hex, "turn": 0, "created_at": now()}
    return _updated({"$setOnInsert": made}, upsert=True)


def _updated(update: dict[str, Any], *, upsert: bool = False) -> dict[str, Any]:
    found = durable(Portal).find_one_and_update(
        {"_id": _ID}, update, upsert=upsert, return_document=ReturnDocument.AFTER
    )
    if found is None:
        raise Conflict("The database has just lost who it is: was it dropped?")
    return found


def _note(storage: flask_storage.Storage, portal: dict[str, Any], beside: Beside | None) -> None:
    turned = portal.get("turned_at")
    if beside is None or turned is None or now() - utc(turned) > TURN_AFTER:
        _write(storage, _turned())


def _turned() -> dict[str, Any]:
    """The database goes first: what is beside the files is never ahead of the newest one."""
    return _updated({"$inc": {"turn": 1}, "$set": {"turned_at": now()}})


def _write(storage: flask_storage.Storage, portal: dict[str, Any]) -> None:
    said = {"identity": portal["identity"], "turn": portal["turn"]}
    files.write(storage, NAME, json.dumps(said).encode())
    durable(Portal).update_one({"_id": _ID}, {"$set": {"beside": portal["identity"]}})
