"""The portals that the suite runs on: the same tests, in one environment for each host.

`MEDIADB_TEST_HOST` names the one of this run, `plain` or `udata`. Each module here offers the same
functions: an app, and accounts in it. Accounts need an app context.
"""

import os
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from ..waiting import PATIENCE_S

SECRET = "a secret for tests"
# A portal within the suite may outlast its test: it must not work in the next one's database.
QUIET = {"MEDIADB_JOBS_LOOK_EVERY_S": 0}
# A busy machine may take longer than the ten seconds that a portal gives another site.
PATIENT = {"MEDIADB_FETCH_DEADLINE_S": PATIENCE_S}
HOST = os.environ.get("MEDIADB_TEST_HOST", "plain")

# For tests of what only the plain host has: its commands, its documents, its own users.
plain_only = pytest.mark.skipif(HOST != "plain", reason="about the plain host")


@dataclass(frozen=True)
class Account:
    """A user of the portal."""

    id: str
    name: str
    email: str


def current_host() -> Any:
    """The module of this run's host."""
    return import_module(f"{__name__}.{HOST}")
