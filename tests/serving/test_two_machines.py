"""Two machines over one database: what one changed, the next search of the other knows."""

import subprocess
import sys

import pytest

from ..portal import REPOSITORY
from ..s3 import needs_s3

pytestmark = [needs_s3, pytest.mark.server, pytest.mark.slow, pytest.mark.xdist_group("storm")]


def test_what_was_changed_on_one_is_known_by_the_next_search_on_the_other() -> None:
    """`python -m benchmarks.two_machines --changes 2000` is the whole of it."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.two_machines",
        "--changes",
        "12",
    ]
    done = subprocess.run(
        [*command, "--machines", "2"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-3000:]}"
    assert "8 added, missed 0; 4 deleted, found after that 0" in done.stdout
