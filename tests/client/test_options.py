"""What is said to `mediadb` and would do nothing is refused before anything is asked."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from udata_mediadb.client.command.importing.journal import NAME
from udata_mediadb.client.command.program import mediadb

from ..fixtures import Tenant
from ..imports.beginning import PICTURES, zipped
from .shell import Shell

ID = "00000000-0000-4000-8000-000000000000"
NOBODY = {"MEDIADB_URL": "http://127.0.0.1:9", "MEDIADB_KEY": "x"}


@pytest.fixture
def sources(tmp_path: Path) -> dict[str, str]:
    files = {
        "ZIP": zipped({"a.jpg": PICTURES[0]}),
        "CSV": b"url,name\nhttps://example.org/a/b.jpg,B\n",
        "PICTURE": PICTURES[0],
    }
    for name, data in files.items():
        (tmp_path / f"x.{name.lower()}").write_bytes(data)
    return {name: str(tmp_path / f"x.{name.lower()}") for name in files}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"get {ID} --output a.jpg", "--file"),
        (f"get {ID} --file original --json", "--output"),
        ("export --format csv --json", "one of them"),
        ("list --keyword a --filter keyword=b", "keyword is said twice"),
        ("list words --filter q=others", "q is said twice"),
        ("export --sort name --filter sort=size", "sort is said twice"),
        (f"edit {ID} --name a --set name=b", "name is said twice"),
        (f"edit {ID} --keywords a --set keywords=b", "keywords is said twice"),
        ("dedupe --yes", "--yes to what"),
        ("dedupe --merge --link", "not both"),
        ("dedupe --apply merge --keep-all", "not both"),
        (f"dedupe --group {ID} --kind same --no-scan", "--kind goes without it"),
        (f"dedupe --undo {ID} --dry-run", "stands alone"),
        (f"dedupe --undo {ID} --limit 1", "stands alone"),
        (f"dedupe --undo {ID} --fail-on any", "stands alone"),
        (f"dedupe --undo {ID} --dismiss", "stands alone"),
        ("exam --last --seed 2", "begin no exam"),
        ("import ZIP --whole --workers 2", "--workers goes without --whole"),
        ("import CSV --hidden", "--hidden"),
        ("import CSV --keywords-from-folders", "--keywords-from-folders"),
        ("import PICTURE", "no folder, no ZIP and no table"),
    ],
)
def test_what_would_do_nothing_is_refused(sources: dict[str, str], line: str, words: str) -> None:
    arguments = [sources.get(word, word) for word in line.split()]
    done = CliRunner().invoke(mediadb, arguments, env=NOBODY)

    assert done.exit_code == 2, done.output
    assert words in done.output


def test_a_dry_run_knows_the_journal_and_forgets_it_on_wish(
    shell: Shell, tenant: Tenant, folder: Path
) -> None:
    line = ("import", str(folder), "--on-duplicate", "add")
    assert "4 added" in shell(*line).stderr
    journal = (folder / NAME).read_bytes()

    assert "4 skipped (dry run)" in shell(*line, "--dry-run").stderr
    assert "4 added (dry run)" in shell(*line, "--dry-run", "--anew").stderr
    assert (folder / NAME).read_bytes() == journal


def test_the_portal_says_of_a_whole_file_what_it_cannot_have(
    shell: Shell, sources: dict[str, str]
) -> None:
    done = shell("import", sources["CSV"], "--whole", "--hidden")

    assert done.returncode == 2, done.stdout
    assert "goes with a ZIP" in done.stderr


def test_what_is_fetched_lies_in_no_folder(
    shell: Shell, tenant: Tenant, folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "list.csv"
    table.write_text("file,url\narchive/rivers/b.jpg,\n,http://127.0.0.1:9/bridges/x.jpg\n")
    assert shell("import", str(table), "--keywords-from-folders").returncode == 1

    found = tenant.client.get("media/", params={"application": tenant.application}).json()["data"]
    assert [one["keywords"] for one in found] == [["archive", "rivers"]]


def test_a_picture_goes_into_a_file_and_the_line_says_so(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    media = tenant.client.add(tenant.application, PICTURES[1])["id"]
    target = tmp_path / "a.jpg"
    done = shell("get", media, "--file", "original", "-o", str(target), "--json")

    assert f'"size": {len(PICTURES[1])}' in done.stdout, done.stderr
    assert target.read_bytes() == PICTURES[1]
