"""Beginning with what was written before: of an earlier form, or before there was a bucket."""

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from . import manifest as manifests
from .manifest import Manifest


class State(Protocol):
    """An open state of a store."""

    @property
    def manifest(self) -> Manifest:
        """What it consists of."""


class Former(Protocol):
    """A store that is only read."""

    @property
    def directory(self) -> Path:
        """Where its files are."""

    def open_newest(self) -> State | None:
        """The newest state that can be used, opened."""


def take_over(directory: Path, version: str, formers: Iterable[Former]) -> None:
    """The newest usable state of the first former store that has one, where `directory` has none.

    Its files get a second name and are not copied; workers of an earlier version go on with theirs.
    """
    if manifests.generations(directory):
        return
    for former in formers:
        if (opened := former.open_newest()) is None:
            continue
        directory.mkdir(parents=True, exist_ok=True)
        for name in sorted(opened.manifest.names):
            for folder in (f"{name}.media", name):
                _link(former.directory / folder, directory / folder)
        with suppress(FileExistsError):  # another worker of this machine was faster
            manifests.publish(directory, replace(opened.manifest, version=version))
        return


def _link(folder: Path, target: Path) -> None:
    """The same files under another name: it appears with all of them, or not at all."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(folder, unfinished, copy_function=os.link)
    try:
        with suppress(OSError):  # another worker of this machine was faster
            unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
