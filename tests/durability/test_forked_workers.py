"""A worker that was forked from a master that had loaded all of it (`gunicorn --preload`)."""

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
# What a worker does at its end. Its master had a thread, and the child waited for it for ever.
FORKED = """
import os, sys
import udata_mediadb.mounting.app
child = os.fork()
if child == 0:
    sys.exit(0)
_, status = os.waitpid(child, 0)
os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
"""


def test_a_forked_worker_ends() -> None:
    done = subprocess.run([sys.executable, "-c", FORKED], cwd=REPOSITORY, timeout=300, check=False)

    assert done.returncode == 0
