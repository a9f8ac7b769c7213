"""Whether a directory is on a disk of this machine: indexes are mapped into memory, and locked.

Over a network both fail in ways that look like damage, and two machines would share one directory.
"""

import re
from pathlib import Path

from ..errors import Misconfigured

MOUNTS = Path("/proc/self/mountinfo")  # Linux; elsewhere nothing is known, and nothing refused
# By the names that Linux gives them (proc_pid_mountinfo(5), field 9).
NETWORK = re.compile(
    "afs|beegfs|ceph|cephfs|cifs|coda|davfs|fhgfs|glusterfs|gpfs|lustre|ncpfs|nfs4?|ocfs2|orangefs"
    "|pvfs2|smb3|smbfs"
    "|fuse[.](ceph|davfs2|gcsfuse|glusterfs|goofys|juicefs|rclone|s3fs|seaweedfs|sshfs)"
)


def refuse_network_disk(directory: Path, mounts: Path = MOUNTS) -> None:
    """Misconfigured where the directory is, or would be made, on a network file system."""
    if kind := network_file_system(directory, mounts):
        raise Misconfigured(
            f"The indexes would be on a network file system ({kind}). "
            "Set MEDIADB_INDEX_ROOT to a directory on a disk of this machine."
        )


def network_file_system(directory: Path, mounts: Path = MOUNTS) -> str | None:
    """The kind of network file system that a directory is on; None where it is on none."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    there = directory.absolute().resolve()
    kinds = dict(
        _mounted(line) for line in lines if " - " in line
    )  # a later mount hides an earlier
    for place in (there, *there.parents):
        if (kind := kinds.get(place)) is not None:
            return kind if NETWORK.fullmatch(kind) else None
    return None


def _mounted(line: str) -> tuple[Path, str]:
    """Where and what: `36 35 98:0 /root /where options - kind source options`."""
    before, _, after = line.partition(" - ")
    where = before.split(" ")[4]
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        where = where.replace(code, char)
    return Path(where), after.split(" ")[0]
