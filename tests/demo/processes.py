"""Who runs below whom, read from /proc (Linux)."""

from pathlib import Path

from tests.waiting import eventually


def is_alive(pid: int) -> bool:
    """Whether it runs; a zombie does not."""
    fields = _stat(pid)
    return fields is not None and fields[0] != "Z"


def wait_until_gone(pids: list[int]) -> None:
    """Return when none of them runs."""
    eventually(lambda: not any(map(is_alive, pids)))


def descendants(pid: int) -> list[int]:
    """All processes below this one, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = list(children.get(pid, []))
    for child in found:  # grows while we walk it
        found += children.get(child, [])
    return found


def command_of(pid: int) -> str:
    """Its command line; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        return ""


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on; None when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
