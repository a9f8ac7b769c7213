"""A wheel of this project, made from a copy: setuptools leaves folders beside its source."""

import shutil
import subprocess
import sys
from pathlib import Path

from .pages import REPOSITORY

_SOURCE = ("udata_mediadb", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE")


def source_in(folder: Path) -> Path:
    """A copy of what a wheel is made of."""
    folder.mkdir()
    for name in _SOURCE:
        path = REPOSITORY / name
        if path.is_dir():
            leave = shutil.ignore_patterns("__pycache__")
            shutil.copytree(path, folder / name, ignore=leave)
        else:
            shutil.copy(path, folder / name)
    return folder


def wheel_in(folder: Path) -> Path:
    """The wheel; `folder` also gets the copy."""
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", folder]
    subprocess.run([*command, source_in(folder / "source")], check=True)
    return next(folder.glob("*.whl"))
