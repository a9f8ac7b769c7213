"""Workers that count together in a directory that is damaged, gone, or none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ..portal import REPOSITORY

# `metrics/` of a portal whose directory of counts is damaged or gone, in a process of its own: it
# is known when prometheus-client is imported.
SHARED = """
import os, sys
from pathlib import Path
folder = Path(sys.argv[1])
{before}
from tests.hosts import current_host
app = current_host().new_app("mongodb://127.0.0.1:9/none", folder / "files")
client = app.test_client()
live = "/api/1/mediadb/health/live/"
for _ in range(3):
    client.get(live)
{meanwhile}
client.get(live)
answer = client.get("/api/1/mediadb/metrics/")
print(answer.status_code)
print(answer.text)
"""
NAMED = 'os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder / "counts")'
LIVE = 'mediadb_requests_total{code="200",method="GET",route="/api/1/mediadb/health/live/"}'


def _told(folder: Path, before: str, meanwhile: str = "") -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k != "PROMETHEUS_MULTIPROC_DIR"}
    return subprocess.run(
        [sys.executable, "-c", SHARED.format(before=before, meanwhile=meanwhile), str(folder)],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("meanwhile", "shared"),
    [
        ("", 1),
        ("import shutil; shutil.rmtree(folder / 'counts')", 0),
        ("(folder / 'counts' / 'counter_999.db').write_bytes(bytes([255]) * 100)", 1),
        ("(folder / 'counts' / 'of-others.db').write_text('x')", 1),
        ("(folder / 'counts' / 'counter_998.db').write_bytes(b'')", 1),
    ],
)
def test_counts_of_others_that_are_damaged_or_gone_hide_no_metrics(
    tmp_path: Path, meanwhile: str, shared: int
) -> None:
    done = _told(tmp_path, NAMED, meanwhile)

    assert done.stdout.startswith("200\n"), done.stderr
    assert f"\nmediadb_metrics_shared {shared}.0\n" in done.stdout
    assert f"\n{LIVE} 4.0\n" in done.stdout


def test_a_directory_that_is_named_too_late_is_said(tmp_path: Path) -> None:
    done = _told(tmp_path, f"import prometheus_client\n{NAMED}")

    assert "\nmediadb_metrics_shared 0.0\n" in done.stdout
    assert f"\n{LIVE} 4.0\n" in done.stdout
    assert "each worker counts alone" in done.stderr


@pytest.mark.parametrize("named", ["", "/proc/self/counts", "/dev/null"])
def test_a_directory_that_is_none_stops_the_start(tmp_path: Path, named: str) -> None:
    done = _told(tmp_path, f'os.environ["PROMETHEUS_MULTIPROC_DIR"] = "{named}"')

    # udata goes on without a plugin that does not start
    assert "Misconfigured: PROMETHEUS_MULTIPROC_DIR is" in done.stderr
