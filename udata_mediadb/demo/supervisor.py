"""Start everything in order, say that it serves, watch it, stop everything in the other order."""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..authentication.claims import CLIENT_ID
from ..mounting.settings import LTU_PREFIX
from . import kinds
from .account import USER_EMAIL, ensure_application
from .certificate import ensure_certificate
from .client import Client
from .commands_to_paste import commands_to_paste
from .database import open_database
from .interruption import Interruption
from .mongod import HOST
from .pictures import import_samples, samples
from .processes import LeashedProcess
from .root import Root, Settings, open_root
from .server import (
    bind,
    counting_together,
    require_alive,
    require_gunicorn,
    start_server,
    wait_until_it_serves,
)

_WATCH_INTERVAL_S = 0.2
_FIRST_PAGE = "/api/1/mediadb/media/"  # needs the database as well


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for."""

    root: Path
    port: int
    workers: int
    with_samples: bool
    mongodb_uri: str | None
    tls: bool
    udata: bool = False


@dataclass(frozen=True)
class Site:
    """Where the demo serves. `authority`: the file of the certificate to trust, for https."""

    base_url: str
    authority: str | None


def run(wishes: Wishes, interruption: Interruption) -> None:
    """Run the demo until an exception ends it: `Interrupted`, or DemoError when a part fails.

    On the way out the web server stops first, then MongoDB, then the lock is let go.
    """
    os.umask(0o077)  # secrets and pictures of the demo are the owner's, also in the children
    require_gunicorn()
    kind = kinds.udata() if wishes.udata else kinds.plain()
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(bind(wishes.port))
        root, lock = stack.enter_context(open_root(wishes.root))
        root.withdraw()  # left by a demo that was killed
        settings = root.load()
        root.save(settings)
        print(f"Starting the demo on {root.path} …", flush=True)
        settings.mongodb_uri, mongod = stack.enter_context(
            open_database(root, wishes.mongodb_uri, settings.instance, lock)
        )
        organization = _prepare(kind, root, settings, lock)
        certificate = ensure_certificate(root.path) if wishes.tls else None
        authority = str(certificate.path) if certificate else None
        scheme = "https" if certificate else "http"
        base_url = f"{scheme}://{HOST}:{listener.getsockname()[1]}"
        counts = stack.enter_context(counting_together(root))
        server = start_server(
            kind, root, listener, wishes.workers, lock, certificate, counts=counts
        )
        stack.callback(server.stop)
        listener.close()
        wait_until_it_serves(server, f"{base_url}{_FIRST_PAGE}", authority)
        site = Site(base_url, authority)
        facts, media_id = _fill(root, settings, site, organization, wishes.with_samples)
        stack.callback(root.withdraw)
        root.announce(facts)
        _greet(kind, root, facts, media_id)
        _watch(server, mongod, interruption)


def _prepare(kind: kinds.Kind, root: Root, settings: Settings, lock: int) -> str:
    """Make the account, and note what the portal needs to start; gives the organisation's id."""
    root.save(settings)
    account = kind.prepare(root, settings, lock)
    settings.x_api_key = account.x_api_key
    root.save(settings)
    return account.organization


def _fill(
    root: Root, settings: Settings, site: Site, organization: str, with_samples: bool
) -> tuple[dict[str, Any], str | None]:
    """Make the application and import the pictures; the content of demo.json and a media's id."""
    api_url = f"{site.base_url}/api/1/"
    with Client(api_url, settings.x_api_key, site.authority) as client:
        application = ensure_application(client, organization, settings.application)
        if application != settings.application:  # a new one, or another MongoDB
            settings.application, settings.samples_imported = application, False
            root.save(settings)
        if with_samples and not settings.samples_imported:
            import_samples(client, settings.application, samples())
            settings.samples_imported = True
            root.save(settings)
        held = client.get_page("mediadb/media/", application=application, page_size="1")
        public_key, private_key = client.get_keys(application)
    facts = {
        "base_url": site.base_url,
        "api_url": api_url,
        "ltu_url": f"{site.base_url}{LTU_PREFIX}",
        "x_api_key": settings.x_api_key,
        "username": USER_EMAIL,
        "password": settings.password,
        "client_id": CLIENT_ID,
        "application": settings.application,
        "public_key": public_key,
        "private_key": private_key,
    }
    if site.authority:
        facts["cacert"] = site.authority
    return facts, held[0]["id"] if held else None


def _greet(kind: kinds.Kind, root: Root, facts: dict[str, Any], media_id: str | None) -> None:
    print(
        f"\nOpen in a browser: {facts['base_url']}/mediadb/search\n"
        f"Sign in as {facts['username']}; the password is in {root.announcement},\n"
        "with the keys and addresses for scripts.\n"
        f"The portal serves at {facts['base_url']} (API: {facts['api_url']}). Ctrl-C stops it.\n"
        f"Its log: {root.server_log}\n\n"
        "Lines to paste, each for httpie (http) and for curl; both show the answer with jq.\n\n"
        f"{commands_to_paste(kind, root, facts, media_id)}",
        flush=True,
    )


def _watch(
    server: LeashedProcess, mongod: LeashedProcess | None, interruption: Interruption
) -> None:
    while True:
        interruption.raise_if_pending()
        require_alive(server, "the web server")
        if mongod is not None:
            require_alive(mongod, "MongoDB")
        time.sleep(_WATCH_INTERVAL_S)
