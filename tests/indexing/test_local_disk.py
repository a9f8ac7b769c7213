"""Indexes are refused on a network file system, whose name Linux tells."""

from pathlib import Path

import pytest

from udata_mediadb.errors import Misconfigured
from udata_mediadb.indexing.local_disk import network_file_system, refuse_network_disk

TABLE = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
36 22 0:31 / {place} rw,relatime shared:2 - {kind} server:/export rw,vers=4.2
40 36 0:44 / {place}/fast\\040disk rw - xfs /dev/sdb1 rw
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "net" / "fast disk").mkdir(parents=True)
    return tmp_path / "net"


def table(place: Path, kind: str, tmp_path: Path) -> Path:
    file = tmp_path / "mountinfo"
    file.write_text(TABLE.format(place=place, kind=kind))
    return file


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "ceph", "fuse.sshfs", "fuse.s3fs"])
def test_a_directory_below_a_network_mount_is_told(place: Path, tmp_path: Path, kind: str) -> None:
    mounts = table(place, kind, tmp_path)

    assert network_file_system(place / "index" / "not made yet", mounts) == kind
    assert network_file_system(place, mounts) == kind
    assert network_file_system(place / "fast disk" / "index", mounts) is None
    assert network_file_system(tmp_path / "network", mounts) is None
    with pytest.raises(Misconfigured, match="MEDIADB_INDEX_ROOT"):
        refuse_network_disk(place / "index", mounts)


def test_a_link_onto_a_network_mount_is_followed(place: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(place)

    assert (
        network_file_system(tmp_path / "link" / "index", table(place, "nfs4", tmp_path)) == "nfs4"
    )


@pytest.mark.parametrize(
    "kind", ["ext4", "xfs", "btrfs", "overlay", "tmpfs", "fuseblk", "fuse.ext4"]
)
def test_disks_of_this_machine_are_fine(place: Path, tmp_path: Path, kind: str) -> None:
    refuse_network_disk(place, table(place, kind, tmp_path))


def test_where_nothing_is_told_nothing_is_refused(tmp_path: Path) -> None:
    refuse_network_disk(tmp_path, tmp_path / "no such table")
    refuse_network_disk(tmp_path)  # what this machine tells
