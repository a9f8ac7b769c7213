"""A minute of the storm: what was acknowledged under kills is there, and true."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("storm")]
REPOSITORY = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", ["workers", "mongod"])
def test_half_a_minute_of_kills_loses_nothing(kind: str) -> None:
    """Of each kind; `python -m benchmarks.storm --kind all` has the others, and longer."""
    command = [sys.executable, "-m", "benchmarks.storm", "--minutes", "0.5", "--kind", kind]
    done = subprocess.run(
        [*command, "--searches", "30"],
        cwd=REPOSITORY,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"
    assert "lost 0, unreachable 0, wrong 0, ghosts 0" in done.stdout
