"""Hostile files and made-up requests: never a 5xx but 503 and 507, no hang, bounded memory.

What is answered has the form that the description promises. `make fuzz` runs this, with
schemathesis; MEDIADB_TEST_SEED chooses other files and requests.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from ..faults.memory import GIGABYTE, forget_peaks, peaks, workers
from ..fixtures import Tenant, new_tenant
from ..hostile_files import hostile_files
from ..images import jpeg
from ..portal import Portal, running_portal

pytestmark = [pytest.mark.server, pytest.mark.slow]

FILES = 300
CLIENTS = 4
SEED = int(os.environ.get("MEDIADB_TEST_SEED", "0"))
# A hang is what takes 5 s of a quiet machine; others here are not quiet.
HANG_S = 120
AWAY = {503, 507}
SCHEMATHESIS = shutil.which(
    "st", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
)
EXAMPLES = 15  # for each operation
WORKERS = 2  # of schemathesis: the portal has as many


@pytest.fixture(scope="module")
def portal(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    uri = f"{mongodb_uri.rstrip('/')}/mediadb_test_{secrets.token_hex(6)}"
    root = tmp_path_factory.mktemp("files")
    with running_portal(uri, root, threads=16, TEST_UPLOAD_MAX_BYTES=str(32 << 20)) as running:
        yield running


@pytest.fixture(scope="module")
def tenant(portal: Portal) -> Tenant:
    tenant = new_tenant(portal, signatures=["match", "similarity", "colors"])
    for number in range(4):
        tenant.client.add(tenant.application, jpeg(number, 320, 240))
    return tenant


def sent(tenant: Tenant, path: str, name: str, data: bytes) -> tuple[str, int, float]:
    start = time.monotonic()
    try:
        answer = requests.post(
            tenant.client.api + path,
            headers={"X-API-KEY": tenant.client.key},
            data={"application": tenant.application},
            files={"image": data},
            timeout=HANG_S,
        )
    except requests.RequestException as exc:
        return f"{path} {name}: {type(exc).__name__}", 0, time.monotonic() - start
    return f"{path} {name}: {answer.status_code}", answer.status_code, time.monotonic() - start


def test_hostile_files_are_answered_and_cost_a_bounded_memory(
    portal: Portal, tenant: Tenant
) -> None:
    before = {worker.pid: worker.memory_info().rss for worker in workers(portal)}
    forget_peaks(portal)
    # every file is uploaded or searched by; the first ones, which are known to hurt, are both
    asked = [
        (path, name, data)
        for number, (name, data) in enumerate(hostile_files(FILES, SEED))
        for path in ("media/", "search/")
        if number < FILES // 8 or (number % 2 == 0) == (path == "media/")
    ]
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = list(pool.map(lambda one: sent(tenant, *one), asked))

    statuses = Counter(status for _, status, _ in done)
    grown = {pid: peak - before.get(pid, 0) for pid, peak in peaks(portal).items()}
    slowest = sorted(((round(took_s, 1), what) for what, _, took_s in done), reverse=True)[:3]
    megabytes = max(grown.values()) >> 20
    print(f"{len(done)} requests, {dict(statuses)}, slowest {slowest}, {megabytes} MB at most")
    wrong = [
        what for what, status, _ in done if status == 0 or (status >= 500 and status not in AWAY)
    ]
    assert not wrong
    assert set(grown) == set(before), "a worker ended"
    assert max(grown.values()) <= GIGABYTE


def test_what_was_taken_in_can_be_shown(tenant: Tenant) -> None:
    """Whatever of them was stored has a picture and a thumbnail."""
    listed = tenant.client.get(f"media/?application={tenant.application}&page_size=100").json()
    for media in listed["data"]:
        for link in ("url", "thumbnail_url"):
            assert requests.get(media[link], timeout=HANG_S).status_code in {200, *AWAY}, media


@pytest.mark.skipif(SCHEMATHESIS is None, reason="schemathesis is not installed")
def test_made_up_requests_meet_no_fault_of_ours(
    portal: Portal, tenant: Tenant, tmp_path: Path
) -> None:
    command = [
        *(str(SCHEMATHESIS), "run", f"{portal.api}openapi.json", "--no-color"),
        *("--checks", "not_a_server_error,response_schema_conformance"),
        *("--phases", "examples,coverage,fuzzing,stateful", "--workers", str(WORKERS)),
        *("--max-examples", str(EXAMPLES), "--seed", str(SEED + 1)),
        *("--request-timeout", str(HANG_S)),
        *("--header", f"X-API-KEY: {tenant.client.key}", "--generation-database", "none"),
        *("--suppress-health-check", "all", "--continue-on-failure"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    print(done.stdout[-6000:])
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert requests.get(f"{portal.api}media/", timeout=HANG_S).status_code == 200
