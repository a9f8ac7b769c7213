"""Rounds of three simultaneous changes of one media by three clients of a real server.

    python -m benchmarks.simultaneous_changes [--rounds N]

Each round changes the name, the keywords and the metadata of one media at the same moment, in two
gunicorn workers, and then asks for it by all of them, and by what the round before had written.
Exit code 1 where any answer was wrong, or `check` finds something.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.faults.simultaneous import wrong_after_a_round
from tests.images import jpeg
from tests.portal import Client, running_portal
from udata_mediadb.demo.mongod import EmbeddedMongod

SHOWN = 10  # rounds whose wrong answers are told
TOLD_EVERY = 100


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.simultaneous_changes", description=__doc__
    )
    parser.add_argument("--rounds", type=int, default=1000)
    options = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        uri = f"{mongod.uri.rstrip('/')}/rounds"
        portal = stack.enter_context(running_portal(uri, work / "files"))
        user = portal.user("rounds@example.org")
        client, application = portal.client(user), portal.application(user)
        media = client.add(application, jpeg(1, 320, 240))["id"]
        start = time.monotonic()
        wrong = _wrong_rounds(client, media, options.rounds)
        took = time.monotonic() - start
        checked = portal.flask("check", "--deep")
    for n, queries in wrong[:SHOWN]:
        print(f"  round {n}: {queries}")
    print(f"{options.rounds} rounds in {took:.0f} s: {len(wrong)} with a wrong fact")
    print(f"check --deep: {checked.stdout.strip().splitlines()[-1]}")
    return 1 if wrong or checked.returncode else 0


def _wrong_rounds(
    client: Client, media: str, rounds: int
) -> list[tuple[int, list[Mapping[str, str]]]]:
    def put(change: Mapping[str, Any]) -> None:
        answer = client.put(f"media/{media}/", json=change)
        assert answer.status_code == 200, answer.text

    def found(query: Mapping[str, str]) -> list[str]:
        return [one["id"] for one in client.get("media/", params=query).json()["data"]]

    wrong = []
    for n in range(rounds):
        if queries := wrong_after_a_round(n, media, put, found):
            wrong.append((n, queries))
        if n % TOLD_EVERY == TOLD_EVERY - 1:
            print(f"{n + 1} rounds, {len(wrong)} wrong", file=sys.stderr, flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
