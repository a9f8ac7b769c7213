"""What each machine has for itself: a disk, and on it the package, which may be updated there."""

import os
import shutil
from importlib.metadata import version
from pathlib import Path

import udata_mediadb

PACKAGE = Path(udata_mediadb.__file__).parent
NAME = PACKAGE.name
MOUNT = 'mount --bind "$0" "$1" && shift && exec "$@"'


class Disk:
    """A directory that a machine has at a path where the others have theirs."""

    def __init__(self, folder: Path, machine: str) -> None:
        self.own, self.path = folder / f"disk-{machine}", folder / "disk"
        self.own.mkdir()
        self.path.mkdir(exist_ok=True)

    def mounted(self, *command: str) -> list[str]:
        """The command with this disk at the common path; within `unshare --mount`."""
        return ["sh", "-c", MOUNT, str(self.own), str(self.path), *command]

    def install(self, number: str = "", changes: dict[str, tuple[str, str]] | None = None) -> None:
        """The package of this checkout, under a version, with changes: by file, what becomes what.

        In place, as pip does: processes that run go on with what they have read.
        """
        code = self.own / "code"
        new = self.own / "code.new"
        shutil.copytree(PACKAGE, new / NAME, copy_function=os.symlink)
        _compiled(new / NAME)
        for file, (before, after) in (changes or {}).items():
            path = new / NAME / file
            text = path.read_text()
            assert before in text, f"{file} has no {before}"
            path.unlink()
            path.write_text(text.replace(before, after))
        number = number or version("udata-mediadb")
        told = new / f"udata_mediadb-{number}.dist-info"
        told.mkdir()
        lines = ("Metadata-Version: 2.1", "Name: udata-mediadb", f"Version: {number}", "")
        (told / "METADATA").write_text("\n".join(lines))
        shutil.rmtree(code, ignore_errors=True)
        new.rename(code)


def _compiled(package: Path) -> None:
    """Compiled modules are written again where a source changes: not into the checkout."""
    for link in package.rglob("__pycache__/*"):
        target = link.resolve()
        link.unlink()
        shutil.copy2(target, link)
