"""Files of one media are written together: all that is acknowledged is on the disk, and no more."""

import os
from pathlib import Path

import pytest

from udata_mediadb.media.local_files import UNFINISHED, read, write_many

on_linux = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="asks /proc for names")


@on_linux
def test_each_file_and_then_each_folder_on_the_way_is_forced_to_the_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "application" / "media"
    contents = {folder / "original": b"a picture", folder / "thumbnail": b"a small one"}
    forced: list[str] = []
    force = os.fsync

    def forcing(descriptor: int) -> None:
        forced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        force(descriptor)

    monkeypatch.setattr(os, "fsync", forcing)
    write_many(contents, root=tmp_path)

    assert all(read(path) == content for path, content in contents.items())
    assert [name.endswith(UNFINISHED) for name in forced] == [True, True, False, False, False]
    assert forced[2:] == [str(folder), str(folder.parent), str(tmp_path)]
