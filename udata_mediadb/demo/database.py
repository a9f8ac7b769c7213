"""Which MongoDB the demo uses: its own, or the caller's."""

import contextlib
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from .errors import DemoError
from .mongod import EmbeddedMongod
from .processes import LeashedProcess
from .root import Root

DATABASE = "mediadb_demo"
_ANSWER_TIMEOUT_MS = 3000  # someone waits at the keyboard


@contextlib.contextmanager
def open_database(
    root: Root, given_uri: str | None, instance: str, lock: int
) -> Iterator[tuple[str, LeashedProcess | None]]:
    """The URI with a database name, and the mongod to watch where it is our own."""
    if given_uri is not None:
        if not given_uri.startswith(("mongodb://", "mongodb+srv://")):
            raise DemoError("--mongodb takes a URI such as mongodb://127.0.0.1:27017")
        # Several demos may share a server: each has its own database there.
        uri = with_database(given_uri, f"{DATABASE}_{instance}")
        _require_answer(uri)
        yield uri, None
        return
    with EmbeddedMongod(root.mongodb, pass_fds=(lock,)) as mongod:
        yield with_database(mongod.uri, DATABASE), mongod.process


def with_database(uri: str, database: str) -> str:
    """The URI with this database, unless it names one itself."""
    parts = urlsplit(uri)
    if parts.path.strip("/"):
        return uri
    # Users of a URI without a database are looked up in admin; a database would change that.
    query = parts.query
    if parts.username and "authsource=" not in query.lower():
        query = f"{query}&authSource=admin" if query else "authSource=admin"
    return urlunsplit(parts._replace(path=f"/{database}", query=query))


def _require_answer(uri: str) -> None:
    shown = _without_password(uri)
    try:
        client: MongoClient[dict[str, object]]
        with MongoClient(uri, serverSelectionTimeoutMS=_ANSWER_TIMEOUT_MS) as client:
            client.get_default_database().list_collection_names()  # unlike ping, needs the login
    except (PyMongoError, ValueError) as error:
        reason = str(error).split(", Timeout:")[0].replace(uri, shown)
        raise DemoError(f"no MongoDB answers at {shown}: {reason}") from error


def _without_password(uri: str) -> str:
    parts = urlsplit(uri)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
