"""These need what the client needs, which a udata need not have."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from ..fixtures import Tenant
from ..portal import Portal
from .shell import Shell

collect_ignore_glob = [] if find_spec("httpx") else ["test_*.py"]


@pytest.fixture
def shell(portal: Portal, tenant: Tenant, tmp_path: Path) -> Shell:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    named = {"MEDIADB_URL": portal.url, "MEDIADB_KEY": tenant.client.key or ""}
    return Shell({**kept, **own, **named, "PYTHONWARNINGS": "error"})
