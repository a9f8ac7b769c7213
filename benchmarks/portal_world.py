"""What the parts of `portal_scale` measure: a filled application, and how to serve it."""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from tests.hosts import Account, current_host
from tests.portal import Portal
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.indexing.catalogs import MaintainedCatalog

from .http_latency import WHOLE, Source, crop
from .portal_filling import fill
from .portal_processes import Server
from .shortlist_queries import stored_pictures

WORKERS = 4
QUERIES = 100
NAME = "Scale"


@dataclass
class World:
    """What is measured: a filled application, and how to serve it.

    `paths`: the real pictures; `model_paths`: those that the made-up ones are like, which no query
    shows.
    """

    portal: Portal
    account: Account
    mongodb: str
    root: Path
    mongod: int
    key: str
    application: str
    queries: list[bytes]
    paths: list[Path]
    model_paths: list[Path]
    niceness: int

    @property
    def app(self) -> Flask:
        """The portal in this process."""
        return self.portal.app

    @property
    def models(self) -> list[str]:
        """Names of the pictures that the made-up ones are like."""
        return [path.name for path in self.model_paths]

    def server(self) -> Server:
        return Server(self.mongodb, self.root, self.key, WORKERS, self.niceness)

    def served(self) -> MaintainedCatalog:
        catalogs = self.app.extensions["mediadb"].catalogs
        found: MaintainedCatalog = catalogs.get(self.application, "match")
        return found


def new_world(work: Path, mongod: EmbeddedMongod, options: argparse.Namespace) -> World:
    uri, root = f"{mongod.uri.rstrip('/')}/scale", work / "files"
    app = current_host().new_app(uri, root)
    portal = Portal("", uri, app, None, {})  # type: ignore[arg-type]  its accounts only
    user = portal.user(f"scale{time.time_ns()}@example.org", admin=True)
    paths = stored_pictures(options.collection)
    paths = paths[:: max(1, len(paths) // options.real)][: options.real]
    asked = paths[:: max(1, len(paths) // QUERIES)][:QUERIES]
    models = [path for path in paths if path not in asked] or paths
    return World(
        portal=portal,
        account=user,
        mongodb=uri,
        root=root,
        mongod=mongod.pid,
        key=portal.client(user).key or "",
        application=filled(portal, user, work / "application", paths, options.size, models),
        queries=[crop(Source(path, WHOLE)) for path in asked],
        paths=paths,
        model_paths=models,
        niceness=options.server_nice,
    )


def filled(
    portal: Portal,
    user: Account,
    note: Path,
    paths: Sequence[Path],
    size: int,
    models: Sequence[Path],
) -> str:
    """The application, made and filled where it is not yet."""
    if not note.exists():
        note.write_text(portal.application(user, NAME))
    application = note.read_text()
    fill(portal.app, application, paths, size, models)
    return application


def small_application(world: World) -> str:
    portal = Portal("", world.mongodb, world.app, None, {})  # type: ignore[arg-type]
    user = portal.user(f"small{time.time_ns()}@example.org", admin=True)
    world.key = portal.client(user).key or ""
    return portal.application(user, "Small")
