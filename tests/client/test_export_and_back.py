"""What `mediadb export` writes, `mediadb import` and the portal take again: the same pictures."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from ..fixtures import Tenant
from ..hosts import HOST
from ..images import jpeg
from ..portal import Portal
from .shell import Shell

# What is another one elsewhere, or of another day.
_OWN = ("id", "application", "created_at", "updated_at", "uri", "url", "page", "owner",
        "organization", "thumbnail_url", "preview_url", "duplicate_of")  # fmt: skip


def filled(tenant: Tenant) -> None:
    said: dict[str, Any] = {"creator": "Ada", "credit": "City archive"}
    if HOST == "plain":  # a udata has those that its administrators made
        said["licence"] = "CC-BY-4.0"
    many = {"keywords": json.dumps(["river, small", "old"]), "external_id": "x1"}
    metadata = json.dumps({"year": 1932, "box": "007", "signed": True, "of": {"page": [1, "2"]}})
    place = json.dumps({"name": "Bonn", "latitude": 50.7, "longitude": 7.1})
    titles = json.dumps({"de": "Brücke \U0001f309", "fr": '"Pont"; l\'ancien'})
    tenant.client.add(tenant.application, jpeg(1), name="=1+1", **said, **many, metadata=metadata,
                      title=titles, place=place, taken_at="1932-05")  # fmt: skip
    alt = json.dumps({"x-default": '{"no": JSON'})
    texts = {"description": "two\nlines", "alt": alt, "place": "Trier"}
    tenant.client.add(tenant.application, jpeg(2), name="'=quoted", keywords="a,b", **texts)
    tenant.client.add(tenant.application, jpeg(3, 90, 120), name="A\tB", rights="nobody's")


def state(tenant: Tenant, **asked: str) -> list[dict[str, Any]]:
    params = {"application": tenant.application, "lang": "*", **asked}
    found = tenant.client.get("media/", params=params).json()["data"]
    bare = [{name: one[name] for name in one if name not in _OWN} for one in found]
    return sorted(bare, key=lambda one: str(one["sha256"]))


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("whole", [False, True], ids=["by the client", "by the portal"])
def test_a_library_goes_elsewhere_as_it_is(
    shell: Shell, portal: Portal, tenant: Tenant, stranger: Tenant, tmp_path: Path, form: str,
    whole: bool,
) -> None:  # fmt: skip
    filled(tenant)
    out = tmp_path / "out"
    out.mkdir()
    line = ("export", "--format", form, "-o", str(out / f"all.{form}"))
    done = shell(*line, "--pictures", str(out / "pictures"))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert len(list((out / "pictures").iterdir())) == 3
    source = out / f"all.{form}"
    if whole:
        source = Path(shutil.make_archive(str(tmp_path / "all"), "zip", out))

    key = {"MEDIADB_KEY": stranger.client.key or ""}
    back = shell("import", str(source), *(["--whole"] if whole else []), **key)

    assert back.returncode == 0, back.stderr + back.stdout
    assert state(stranger) == state(tenant)
    again = shell("import", str(source), "--anew", *(["--whole"] if whole else []), **key)
    assert "3 skipped" in again.stderr, again.stderr


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_that_comes_back_where_it_was_changes_nothing(
    shell: Shell, tenant: Tenant, tmp_path: Path, form: str
) -> None:
    filled(tenant)
    table = tmp_path / f"all.{form}"
    assert shell("export", "--format", form, "-o", str(table)).returncode == 0
    before = state(tenant)

    refused = shell("import", str(table))
    assert (refused.returncode, "--whole" in refused.stderr) == (2, True), refused.stderr
    done = shell("import", str(table), "--whole", "--on-duplicate", "update")
    assert (done.returncode, "3 updated" in done.stderr) == (0, True), done.stderr
    assert state(tenant) == before


def test_what_was_edited_comes_back(shell: Shell, tenant: Tenant, tmp_path: Path) -> None:
    filled(tenant)
    table = tmp_path / "all.csv"
    shell("export", "--format", "csv", "-o", str(table), "--pictures", str(tmp_path / "in"))
    with table.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        row["credit"] = "Museum"
    with table.open("w", newline="", encoding="utf-8") as opened:
        writer = csv.DictWriter(opened, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)

    done = shell("import", str(table), "--on-duplicate", "update")

    assert (done.returncode, "3 updated" in done.stderr) == (0, True), done.stderr
    assert {one["credit"] for one in state(tenant)} == {"Museum"}


def test_a_picture_that_is_there_is_not_fetched_again_and_a_damaged_one_is(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    media = [tenant.client.add(tenant.application, jpeg(n))["id"] for n in range(2)]
    line = ("export", "-o", str(tmp_path / "all.jsonl"), "--pictures", str(tmp_path / "in"))
    assert shell(*line).returncode == 0
    kept, cut = (tmp_path / "in" / f"{one}.jpg" for one in media)
    before, whole = kept.stat().st_mtime_ns, cut.read_bytes()
    cut.write_bytes(whole[:50])

    assert shell(*line).returncode == 0
    assert kept.stat().st_mtime_ns == before
    assert cut.read_bytes() == whole


def test_deleted_ones_are_exported_with_their_pictures(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    media = tenant.client.add(tenant.application, jpeg(1))["id"]
    assert shell("rm", media).returncode == 0
    line = ("export", "--filter", "deleted=true", "--pictures", str(tmp_path / "in"))
    done = shell(*line)

    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["id"] for one in told] == [media], done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "cp437", "ascii"])
def test_what_programs_read_is_utf_8_and_what_people_read_never_breaks(
    shell: Shell, tenant: Tenant, encoding: str
) -> None:
    tenant.client.add(tenant.application, jpeg(1), name="Bridge \U0001f309 é")
    own = {"PYTHONIOENCODING": encoding}

    for line in (("export",), ("export", "--format", "csv"), ("list", "--json")):
        done = shell(*line, **own)
        assert (done.returncode, "\U0001f309 é" in done.stdout) == (0, True), done.stderr
    assert shell("list", **own).returncode == 0
