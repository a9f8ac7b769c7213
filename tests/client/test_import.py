"""`mediadb import`: what it adds, what it says, and that no kill loses or doubles anything."""

import csv
import json
import os
import random
import signal
import subprocess
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from ..fixtures import Tenant
from ..images import jpeg
from .shell import MEDIADB, Shell, lines
from .stored import media

JOURNAL = ".mediadb-import.jsonl"


def test_a_folder_with_its_folders_as_keywords(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    given = ("--keywords-from-folders", "--set", "credit=City archive", "--report", str(report))
    done = shell("import", str(folder), *given, "--collection", "From disk")

    assert done.returncode == 0, done.stderr
    assert "notes.txt" in done.stderr
    added = {one["filename"]: one for one in media(tenant)}
    assert set(added) in ({"a.jpg", "b.jpg", "c.JPG"}, {"copy of a.jpg", "b.jpg", "c.JPG"})
    assert added["c.JPG"]["keywords"] == ["rivers", "old"]
    assert added["b.jpg"]["credit"] == "City archive"
    with report.open() as opened:
        told = {row["item"]: row["outcome"] for row in csv.DictReader(opened)}
    assert Counter(told.values()) == {"added": 3, "skipped": 1, "ignored": 2}
    [collection] = lines(shell("collections", "list", "--json"))
    assert len(lines(shell("collections", "show", str(collection["id"]), "--json"))) == 3
    again = shell("import", str(folder), "--json")
    assert (again.returncode, again.stdout, len(media(tenant))) == (0, "", 3)


def test_a_dry_run_sends_nothing(shell: Shell, tenant: Tenant, folder: Path) -> None:
    tenant.client.add(tenant.application, (folder / "a.jpg").read_bytes())
    told = lines(shell("import", str(folder), "--dry-run", "--json"))
    assert Counter(str(one["outcome"]) for one in told) == {"added": 2, "skipped": 2}
    assert len(media(tenant)) == 1
    assert not (folder / JOURNAL).exists()


def test_an_archive_and_a_table(shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path) -> None:
    archive, table = tmp_path / "archive.zip", tmp_path / "table.csv"
    with zipfile.ZipFile(archive, "w") as opened:
        for path in folder.rglob("*.jpg"):
            opened.write(path, path.relative_to(folder))
        opened.writestr("../../evil.jpg", jpeg(9, 160, 120))
    table.write_text(
        'file,name,keywords,metadata.year\nrivers/b.jpg,Old bridge,"river, stone",1932\n'
    )
    done = shell("import", str(archive), "--metadata", str(table), "--on-duplicate", "add")
    assert done.returncode == 0, done.stderr
    added = {one["filename"]: one for one in media(tenant)}
    assert len(media(tenant)) == 4
    assert added["b.jpg"]["name"] == "Old bridge"
    assert added["b.jpg"]["keywords"] == ["river", "stone"]
    assert added["b.jpg"]["metadata"] == {"year": 1932}
    assert not (tmp_path.parent / "evil.jpg").exists()


def test_a_table_alone_names_files_and_updates_what_is_there(
    shell: Shell, tenant: Tenant, folder: Path
) -> None:
    table = folder / "table.csv"
    table.write_text("file,name\na.jpg,First\nrivers/b.jpg,Second\n")
    assert shell("import", str(table)).returncode == 0
    table.write_text("file,name\na.jpg,Better\nrivers/b.jpg,Second\n")
    done = shell("import", str(table), "--on-duplicate", "update", "--anew")
    assert done.returncode == 0, done.stderr
    assert sorted(str(one["name"]) for one in media(tenant)) == ["Better", "Second"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(("notes.txt",), "no folder"), ((".", "--metadata", "wrong.csv"), "not there")],
)
def test_wrong_use_is_said_before_anything_is_sent(
    shell: Shell, tenant: Tenant, folder: Path, arguments: tuple[str, ...], word: str
) -> None:
    (folder / "wrong.csv").write_text("file,name\nnowhere.jpg,x\n")
    first, *others = arguments
    named = [str(folder / one) if one.endswith(".csv") else one for one in others]
    done = shell("import", str(folder / first), *named)
    assert (done.returncode, word in done.stderr) == (2, True), done.stderr
    assert media(tenant) == []


def test_one_bad_picture_stops_no_other(shell: Shell, tenant: Tenant, folder: Path) -> None:
    (folder / "broken.jpg").write_bytes(b"no picture")
    done = shell("import", str(folder), "--json")
    assert done.returncode == 1
    [failed] = [one for one in lines(done) if one["outcome"] == "failed"]
    assert failed["item"] == "broken.jpg"
    assert len(media(tenant)) == 3
    (folder / "broken.jpg").write_bytes(jpeg(8, 160, 120))
    assert shell("import", str(folder)).returncode == 0
    assert len(media(tenant)) == 4


def test_other_bytes_under_the_same_name_are_a_new_picture(
    shell: Shell, tenant: Tenant, folder: Path
) -> None:
    assert shell("import", str(folder)).returncode == 0
    (folder / "rivers" / "b.jpg").write_bytes(jpeg(7, 160, 120))
    (folder / "a.jpg").touch()
    told = {one["item"]: one["outcome"] for one in lines(shell("import", str(folder), "--json"))}
    assert told == {"rivers/b.jpg": "added", "a.jpg": "skipped"}
    assert len(media(tenant)) == 4
    assert shell("import", str(folder), "--json").stdout == ""


def test_runs_that_begin_at_once_have_one_journal(
    shell: Shell, tenant: Tenant, folder: Path
) -> None:
    """With `add`: only keys that both make alike keep a picture from being added twice."""
    command = [*MEDIADB, "import", str(folder), "--on-duplicate", "add", "--quiet"]
    both = [subprocess.Popen(command, env=dict(shell.environment)) for _ in range(3)]
    assert [one.wait(timeout=300) for one in both] == [0, 0, 0]
    assert len(media(tenant)) == 4


# A table beside the folder, and a word of why it is refused.
TABLES = [
    (b"name\nBridge\n", "line 2 names no file"),
    (b"file,name\na.jpg,\x81\n", "no encoding that is known"),
    (b"file,metadata\na.jpg,[1]\n", "line 2: metadata is a JSON object"),
    (b"file,metadata\na.jpg,{\n", "line 2: metadata is a JSON object"),
    (b"file\na.jpg,more\n", "line 2 has not as many cells"),
]


@pytest.mark.parametrize(("table", "word"), TABLES)
def test_a_table_that_says_nothing_of_any_file_is_refused(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path, table: bytes, word: str
) -> None:
    (tmp_path / "table.csv").write_bytes(table)
    done = shell("import", str(folder), "--metadata", str(tmp_path / "table.csv"))
    assert (done.returncode, word in done.stderr) == (2, True), done.stderr
    assert media(tenant) == []


def test_a_journal_that_cannot_be_written_is_said(shell: Shell, folder: Path) -> None:
    (folder / JOURNAL).mkdir()
    done = shell("import", str(folder))
    assert (done.returncode, JOURNAL in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr


def test_a_folder_that_nobody_may_write_into_comes_in_with_a_journal_elsewhere(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    """A disk of the archive that is mounted to be read."""
    journal = tmp_path / "journal.jsonl"
    folder.chmod(0o555)
    try:
        refused = shell("import", str(folder), obedient=True)
        first = shell("import", str(folder), "--journal", str(journal), obedient=True)
        again = shell("import", str(folder), "--journal", str(journal), obedient=True)
    finally:
        folder.chmod(0o755)

    assert (refused.returncode, "--journal FILE" in refused.stderr) == (1, True), refused.stderr
    assert (first.returncode, len(media(tenant))) == (0, 3), first.stderr
    assert "4 were done before" in again.stderr
    assert shell("import", str(folder), "--journal", str(journal), "--whole").returncode == 2


def test_a_collection_is_made_by_its_name_and_never_by_an_id(
    shell: Shell, tenant: Tenant, folder: Path
) -> None:
    done = shell("import", str(folder), "--collection", "0" * 32)

    assert (done.returncode, "no collection" in done.stderr) == (1, True), done.stderr
    assert media(tenant) == []


def test_a_table_that_names_a_picture_twice_says_so(
    shell: Shell, tenant: Tenant, folder: Path
) -> None:
    table = folder / "all.csv"
    table.write_text("file,name\na.jpg,A\nrivers/b.jpg,B\na.jpg,C\n")
    done = shell("import", str(table))

    assert done.returncode == 1
    assert "a.jpg (line 4): a row before names it" in done.stdout
    assert {one["name"] for one in media(tenant)} == {"A", "B"}


def test_a_journal_is_of_one_portal(shell: Shell, folder: Path) -> None:
    assert shell("import", str(folder)).returncode == 0
    other = shell("import", str(folder), "--application", "0" * 32)
    assert (other.returncode, "--anew" in other.stderr) == (2, True)


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_and_nothing_is_there_twice(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    """With `add`: only the keys of the requests keep a picture from being added twice."""
    root = tmp_path / "archive"
    root.mkdir()
    count = more_pictures(root, 0)
    command = [*MEDIADB, "import", str(root), "--on-duplicate", "add", "--quiet"]
    chance, kills = random.Random(7), 0
    while kills < 120:
        process = subprocess.Popen(command, env=dict(shell.environment))
        sent, wanted = written(root), chance.randint(1, 3)
        while process.poll() is None and written(root) < sent + wanted:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
        if process.wait() == 0:
            if kills >= 10:
                break
            count = more_pictures(root, count)  # a quick machine, or one that did not let us look

    assert process.returncode == 0
    added = media_of(tenant, count)
    names = Counter(str(one["filename"]) for one in added)
    assert names == Counter(f"{number:02}.jpg" for number in range(count))
    known = [json.loads(line) for line in (root / JOURNAL).read_text().split("\n") if line]
    assert {one["id"] for one in known if one.get("state") == "done"} == {
        one["id"] for one in added
    }


def more_pictures(root: Path, count: int) -> int:
    """Sixty more, each of them twice; how many there are then."""
    for number in range(count, count + 60):
        (root / f"{number:02}.jpg").write_bytes(jpeg(number // 2, 160, 120))
    return count + 60


def media_of(tenant: Tenant, count: int) -> list[dict[str, object]]:
    """All of the tenant, on pages of 100."""
    asked = {"application": tenant.application, "page_size": 100, "sort": "created_at"}
    pages = range(1, count // 100 + 2)
    answers = [tenant.client.get("media/", params={**asked, "page": page}) for page in pages]
    return [one for answer in answers if answer.status_code == 200 for one in answer.json()["data"]]


def written(root: Path) -> int:
    """How many lines the journal has."""
    journal = root / JOURNAL
    return journal.read_bytes().count(b"\n{") if journal.exists() else 0
