"""These need what the client needs, which a udata need not have."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from .shell import Shell

collect_ignore_glob = [] if find_spec("httpx") else ["test_*.py"]


@pytest.fixture
def shell(portal: Portal, tenant: Tenant, tmp_path: Path) -> Shell:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    named = {"MEDIADB_URL": portal.url, "MEDIADB_KEY": tenant.client.key or ""}
    return Shell({**kept, **own, **named, "PYTHONWARNINGS": "error"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pictures in two folders, one of them twice; and what is no picture."""
    root = tmp_path / "archive"
    for name, seed in (("a.jpg", 1), ("rivers/b.jpg", 2), ("rivers/old/c.JPG", 3)):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(jpeg(seed, 160, 120))
    shutil.copy(root / "a.jpg", root / "rivers" / "copy of a.jpg")
    (root / "notes.txt").write_text("x")
    (root / ".hidden.jpg").write_bytes(b"x")
    return root
