"""`python -m benchmarks.storm --minutes N --kind KIND`: exit code 1 where anything was lost."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import mongoengine

from tests.hosts import current_host
from tests.portal_here import new_application

from .clients import COLLECTIONS, Clients, Storm
from .setting import Setting, running
from .trouble import KINDS, Trouble
from .verdict import judge

CLIENTS = 6


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.storm", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="of each kind")
    parser.add_argument("--kind", action="append", choices=[*KINDS, "all"], default=None)
    parser.add_argument(
        "--searches", type=int, default=400, help="pictures searched for at the end"
    )
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    kinds = asked.kind or ["workers"]
    if "all" in kinds:
        kinds = [kind for kind in KINDS if kind != "quiet"]
    results = [storm(kind, asked.minutes, asked.searches, asked.seed) for kind in kinds]
    return 0 if all(results) else 1


def storm(kind: str, minutes: float, searches: int, seed: int) -> bool:
    """One kind of trouble for so long; whether all that was acknowledged is there."""
    with tempfile.TemporaryDirectory(prefix="storm-") as folder, running(kind, Path(folder)) as on:
        clients = _prepared(on)
        start = time.monotonic()
        with Clients(clients, CLIENTS, seed), Trouble(kind, on, seed) as trouble:
            time.sleep(minutes * 60)
        on.wait_until_served()
        if on.s3 is not None:
            on.s3.wait()
        took = time.monotonic() - start
        found = on.flask("check", "--deep")
        mended = on.flask("reindex")
        clean = on.flask("check", "--deep")
        statuses = dict(sorted(clients.statuses.items()))
        verdict = judge(clients, searches=searches, seed=seed)
    bad = sum(n for status, n in statuses.items() if status >= 500 and status not in (503, 507))
    print(f"{kind}: {took:.0f} s, {trouble.counts}, answers {statuses}")
    print(f"  acknowledged {clients.history.acknowledged}, 5xx but 503 and 507: {bad}")
    print(f"  check: {_last(found.stdout)}; reindex: {_last(mended.stdout)}", end="; ")
    print(f"check --deep: {_last(clean.stdout)}")
    for line in verdict.lines():
        print(f"  {line}")
    is_clean = clean.returncode == 0 and mended.returncode == 0
    if not is_clean:
        print(
            found.stdout, found.stderr[-2000:], mended.stdout, mended.stderr[-2000:], clean.stdout
        )
    sys.stdout.flush()
    return is_clean and verdict.is_clean and not bad


def _prepared(on: Setting) -> Storm:
    """A user, an application, some collections."""
    mongoengine.disconnect_all()
    app = current_host().new_app(on.mongodb, on.disk / "files")
    with app.app_context():
        user = current_host().create_user("storm", "storm@example.org")
        key = current_host().create_key(user)
    clients = Storm(on.api, key, new_application(app, user))
    mongoengine.disconnect_all()
    for number in range(COLLECTIONS):
        body = {"application": clients.application, "name": f"collection {number}"}
        made = clients.ask("POST", "collections/", json=body)
        assert made is not None and made.status_code == 201, made
        identifier = made.json()["id"]
        history = clients.history
        begin = history.begin((identifier, "name"), body["name"])
        history.end((identifier, "name"), begin, True)
        clients.collections.append(identifier)
    return clients


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "nothing"


if __name__ == "__main__":
    sys.exit(main())
