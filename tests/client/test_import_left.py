"""`mediadb import`: what it leaves alone or cannot read is named, with the reason."""

import csv
import os
import shutil
from collections import Counter
from pathlib import Path

from ..fixtures import Tenant
from ..images import jpeg
from .shell import Shell
from .stored import media


def test_names_that_are_no_text_come_in_and_nothing_is_left_alone_in_silence(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    strange = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9\n-x.jpg"))
    strange.write_bytes(jpeg(4, 160, 120))
    os.mkfifo(folder / "pipe.png")
    (folder / "elsewhere").symlink_to(tmp_path)
    done = shell("import", str(folder), "--report", str(report), "--quiet")

    assert done.returncode == 0, done.stderr
    with report.open(newline="") as opened:
        told = {row["item"]: row["outcome"] for row in csv.DictReader(opened)}
    assert told["caf\\xe9\n-x.jpg"] == "added"
    assert Counter(told.values()) == {"added": 4, "skipped": 1, "ignored": 4}
    again = shell("import", str(folder))
    assert "5 skipped" in again.stderr
    for name in (".hidden.jpg", "elsewhere", "notes.txt", "pipe.png"):
        assert name in again.stderr
    shown = shell("list").stdout
    assert "b.jpg" in shown  # no name was given, so that its file's is shown
    strange.rename(folder / "there.jpg")
    assert "1 added, 4 skipped" in shell("import", str(folder), "--on-duplicate", "add").stderr


def test_what_is_hidden_is_named_once_and_comes_in_on_wish(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    (folder / ".hidden.jpg").write_bytes(jpeg(7, 160, 120))
    (folder / ".thumbnails").mkdir()
    for seed in (8, 9):
        (folder / ".thumbnails" / f"{seed}.jpg").write_bytes(jpeg(seed, 160, 120))
    (folder / "._a.jpg").write_bytes(b"of an operating system")
    (folder / "notes.txt").unlink()
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", folder))
    hidden = "hidden: its name, or that of a folder, begins with a dot"

    without = report_of(shell, tmp_path, folder)
    assert {name for name, row in without.items() if row["reason"] == hidden} == {
        ".hidden.jpg",
        ".thumbnails",
    }
    archived = report_of(shell, tmp_path, packed)
    assert archived[".thumbnails/8.jpg"]["outcome"] == archived[".hidden.jpg"]["outcome"]
    assert archived[".hidden.jpg"] == without[".hidden.jpg"]
    assert len(media(tenant)) == 3
    whole = report_of(shell, tmp_path, packed, "--whole")
    assert (whole[".hidden.jpg"]["outcome"], whole[".hidden.jpg"]["reason"]) == ("ignored", hidden)
    with_them = report_of(shell, tmp_path, folder, "--hidden")
    for name in (".hidden.jpg", ".thumbnails/8.jpg", ".thumbnails/9.jpg"):
        assert with_them[name]["outcome"] == "added"
    assert with_them["._a.jpg"]["reason"] == "left by an operating system"
    for more in ((), ("--whole",)):
        again = report_of(shell, tmp_path, packed, "--hidden", "--anew", *more)
        assert again[".thumbnails/8.jpg"]["outcome"] == "skipped"
    assert len(media(tenant)) == 6


def test_a_folder_that_cannot_be_read_is_a_failure_and_stops_no_other(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    for seed, name in enumerate(("locked", "listed"), 7):
        (folder / name).mkdir()
        (folder / name / "in.jpg").write_bytes(jpeg(seed, 160, 120))
    (folder / "mute.jpg").write_bytes(jpeg(9, 160, 120))
    (folder / "circle").symlink_to("circle")
    (folder / "gone.jpg").symlink_to("nowhere.jpg")
    modes = {"locked": 0o000, "listed": 0o600, "mute.jpg": 0o000}
    try:
        for name, mode in modes.items():
            (folder / name).chmod(mode)
        told = report_of(shell, tmp_path, folder, obedient=True, code=1)
    finally:
        for name in modes:
            (folder / name).chmod(0o700)

    denied = "cannot be read: permission denied"
    failed = {name: row["reason"] for name, row in told.items() if row["outcome"] == "failed"}
    assert failed == {"locked": denied, "listed/in.jpg": denied, "mute.jpg": denied}
    for name in ("circle", "gone.jpg"):
        assert told[name]["reason"] == "a link that leads to no file"
    assert len(media(tenant)) == 3
    assert report_of(shell, tmp_path, folder)["locked/in.jpg"]["outcome"] == "added"


def report_of(
    shell: Shell, tmp_path: Path, source: Path, *more: str, obedient: bool = False, code: int = 0
) -> dict[str, dict[str, str]]:
    """By item, what the report of an import says."""
    report = tmp_path / "report.csv"
    done = shell("import", str(source), "--report", str(report), *more, obedient=obedient)
    assert done.returncode == code, done.stderr
    with report.open(newline="") as opened:
        return {row["item"]: row for row in csv.DictReader(opened)}
