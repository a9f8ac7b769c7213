"""`mediadb import` of archives and tables as other systems and other programs make them."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from ..fixtures import Tenant
from ..images import jpeg
from .shell import Shell
from .stored import media

_CENTRAL = b"PK\x01\x02"


def odd_archive() -> bytes:
    """Members that are encrypted, damaged, packed in an unknown way; and a name without a flag."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, name in enumerate(("ok.jpg", "secret.jpg", "damaged.jpg", "unknown.jpg")):
            archive.writestr(name, jpeg(number, 160, 120))
        archive.writestr("XXXXX.jpg", jpeg(9, 160, 120))
        archive.writestr("within.zip", b"PK")
    data = bytearray(out.getvalue().replace(b"XXXXX", "häß".encode()))
    at = data.find(_CENTRAL)
    while at >= 0:
        length = int.from_bytes(data[at + 28 : at + 30], "little")
        name = bytes(data[at + 46 : at + 46 + length])
        local = int.from_bytes(data[at + 42 : at + 46], "little")
        if name == b"secret.jpg":
            data[at + 8] |= 1
            data[local + 6] |= 1
        elif name == b"damaged.jpg":
            data[local + 300] ^= 255
        elif name == b"unknown.jpg":
            data[at + 10] = data[local + 8] = 99
        at = data.find(_CENTRAL, at + 4)
    return bytes(data)


def test_a_member_that_cannot_be_read_fails_alone_and_names_are_those_that_were_meant(
    shell: Shell, tenant: Tenant, tmp_path: Path
) -> None:
    archive, report = tmp_path / "odd.zip", tmp_path / "report.csv"
    archive.write_bytes(odd_archive())

    done = shell("import", str(archive), "--report", str(report), "--quiet")

    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    with report.open(newline="") as opened:
        told = {row["item"]: row["outcome"] for row in csv.DictReader(opened)}
    assert told == {
        "ok.jpg": "added",
        "häß.jpg": "added",
        "secret.jpg": "failed",
        "damaged.jpg": "failed",
        "unknown.jpg": "failed",
        "within.zip": "ignored",
    }
    assert {one["filename"] for one in media(tenant)} == {"ok.jpg", "häß.jpg"}


def test_a_file_that_is_no_zip_after_all_is_said(shell: Shell, tmp_path: Path) -> None:
    whole = odd_archive()
    (tmp_path / "cut.zip").write_bytes(whole[:-60] + whole[-22:])

    done = shell("import", str(tmp_path / "cut.zip"))

    assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_a_table_of_a_german_spreadsheet_is_read(
    shell: Shell, tenant: Tenant, folder: Path, encoding: str
) -> None:
    table = folder / "table.csv"
    text = "sep=;\r\nFile;Name;metadata.No\r\na.jpg;Küche;1.10\r\nrivers\\b.jpg;Bad;7\r\n;;\r\n"
    table.write_bytes(text.encode(encoding))

    done = shell("import", str(table))

    assert done.returncode == 0, done.stderr
    held = {one["name"]: one["metadata"] for one in media(tenant)}
    assert held == {"Küche": {"No": "1.10"}, "Bad": {"No": 7}}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("file,name\na.jpg,A\na.jpg,B\n", "more than once"),
        ("file,name\nsame.jpg,A\n", "the name of 2 files"),
        ("file,name\na.jpg\n", "not as many cells"),
    ],
)
def test_what_a_table_leaves_open_is_asked_before_anything_is_sent(
    shell: Shell, tenant: Tenant, folder: Path, table: str, said: str
) -> None:
    for number, place in enumerate(("rivers", "rivers/old")):
        (folder / place / "same.jpg").write_bytes(jpeg(70 + number, 160, 120))
    (folder / "table.csv").write_text(table)

    done = shell("import", str(folder), "--metadata", str(folder / "table.csv"))

    assert (done.returncode, said in done.stderr) == (2, True), done.stderr
    assert media(tenant) == []


def test_what_is_no_id_reaches_no_other_route(shell: Shell, tenant: Tenant) -> None:
    done = shell("rm", f"../applications/{tenant.application}")

    assert done.returncode != 0
    assert "is no id" in done.stderr
    assert tenant.client.get(f"applications/{tenant.application}/").status_code == 200
