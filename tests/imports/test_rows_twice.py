"""Rows that are of one thing: which of them is meant is not for us to say."""

import pytest

from udata_mediadb.sources.tables import decoded, read_csv

from ..fixtures import Tenant
from .beginning import PICTURES, begin, done, items, listed, zipped


def test_two_rows_of_one_media_are_no_change_and_a_half(tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, PICTURES[0], name="A")["id"]
    table = f"id,name\n{media},B\n{media},C\n".encode()
    job = done(tenant, begin(tenant, table, filename="a.csv", on_duplicate="update"))

    assert job["counts"] == {"updated": 1, "failed": 1}
    assert items(tenant, job)[1]["reason"] == "row 1 is of the same media"
    assert tenant.client.get(f"media/{media}/").json()["name"] == "B"


def test_two_rows_of_one_file_of_a_zip(tenant: Tenant) -> None:
    table = b"file,name\nin\\a.jpg,A\na.jpg,B\n"
    job = done(tenant, begin(tenant, zipped({"in/a.jpg": PICTURES[0], "all.csv": table})))

    assert job["counts"] == {"added": 1, "failed": 1}, items(tenant, job)
    assert [one["name"] for one in listed(tenant).values()] == ["A"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "cp1252"])
def test_a_table_says_the_same_in_each_encoding(encoding: str) -> None:
    """UTF-16 also without the mark that says so."""
    data = "url,name\nhttp://a.example/a.jpg,Küche\n".encode(encoding)

    assert decoded(data).startswith("url")
    [row] = read_csv(data).rows
    assert row.cells["name"] == "Küche"
