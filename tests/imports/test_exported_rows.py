"""An export that was edited comes back by an import: rows name the media that they are of."""

import csv
import io
import json
from typing import Any

import pytest
import requests

from ..fixtures import Tenant
from ..images import jpeg
from .beginning import begin, done, items


def filled(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """Three media, by name."""
    said = {"keywords": "river,old", "title": "=1+1", "creator": "Ada", "licence": "CC-BY-4.0"}
    more = {"metadata": json.dumps({"year": 1932, "box": "7"}), "external_id": "x1"}
    tenant.client.add(tenant.application, jpeg(1), name="one", **said, **more)
    tenant.client.add(tenant.application, jpeg(2), name="two")
    tenant.client.add(tenant.application, jpeg(3), name="three", description='{"fr": "b, c"}')
    return {one["name"]: one for one in tenant.client.get("media/").json()["data"]}


def exported(tenant: Tenant, form: str) -> str:
    query = {"application": tenant.application, "sort": "name"}
    return tenant.client.get(f"media.{form}", params=query).content.decode("utf-8")


def changed_by(tenant: Tenant, table: str) -> requests.Response:
    return begin(tenant, table.encode(), filename="a.csv", on_duplicate="update")


def state(tenant: Tenant) -> dict[str, dict[str, Any]]:
    listed = tenant.client.get("media/", params={"lang": "*"}).json()["data"]
    return {one["name"]: {**one, "updated_at": None} for one in listed}


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_that_comes_back_unchanged_changes_nothing(tenant: Tenant, form: str) -> None:
    filled(tenant)
    before = state(tenant)
    data, name = exported(tenant, form).encode(), f"library.{form}"

    job = done(tenant, begin(tenant, data, filename=name, on_duplicate="update"))
    assert job["counts"] == {"updated": 3}, items(tenant, job)
    assert state(tenant) == before
    assert done(tenant, begin(tenant, data, filename=name))["counts"] == {"skipped": 3}
    asked = {"on_duplicate": "update", "dry_run": "true"}
    trial = done(tenant, begin(tenant, data, filename=name, **asked))
    assert trial["counts"] == {"updated": 3}


def test_what_was_edited_changes_and_nothing_else(tenant: Tenant) -> None:
    known = filled(tenant)
    rows = list(csv.DictReader(io.StringIO(exported(tenant, "csv"))))
    by_name = {row["name"]: row for row in rows}
    by_name["one"] |= {"title": "The old bridge", "creator": "", "keywords": "bridge, stone"}
    by_name["two"] |= {"licence": "no such licence"}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)

    job = done(tenant, changed_by(tenant, out.getvalue()))
    assert job["counts"] == {"updated": 2, "failed": 1}
    [failed] = [one for one in items(tenant, job) if one["outcome"] == "failed"]
    assert "licence" in failed["reason"]
    now = tenant.client.get(f"media/{known['one']['id']}/").json()
    assert (now["title"], now["creator"]) == ("The old bridge", None)
    assert now["keywords"] == ["bridge", "stone"]
    assert now["metadata"] == {"year": 1932, "box": "7"}
    assert now["sha256"] == known["one"]["sha256"]
    assert now["uri"] == known["one"]["uri"]


def test_a_table_of_ids_and_one_column_changes_that_one(tenant: Tenant) -> None:
    known = filled(tenant)
    job = done(tenant, changed_by(tenant, f"id;metadata.place\n{known['one']['id']};Vianden\n"))
    assert job["counts"] == {"updated": 1}
    now = tenant.client.get(f"media/{known['one']['id']}/").json()
    assert now["metadata"] == {"year": 1932, "box": "7", "place": "Vianden"}
    assert now["title"] == "=1+1"


def test_ids_of_others_are_no_media_of_this_application(tenant: Tenant, stranger: Tenant) -> None:
    theirs = stranger.client.add(stranger.application, jpeg(9), name="theirs")
    table = f"id,title\n{theirs['id']},mine now\nno-such-id,nothing\n"
    job = done(tenant, changed_by(tenant, table))
    assert job["counts"] == {"failed": 2}
    assert stranger.client.get(f"media/{theirs['id']}/").json()["title"] is None


def test_keywords_for_all_are_for_the_rows_of_an_export_too(tenant: Tenant) -> None:
    known = filled(tenant)
    table = f"id,keywords,title\n{known['one']['id']},stone,A\n".encode()
    bare = f"id,title\n{known['two']['id']},B\n".encode()
    for data in (table, bare):
        asked = {"on_duplicate": "update", "keywords": "all"}
        job = done(tenant, begin(tenant, data, filename="a.csv", **asked))
        assert job["counts"] == {"updated": 1}, items(tenant, job)

    now = state(tenant)
    assert now["one"]["keywords"] == ["stone", "all"]
    assert now["two"]["keywords"] == ["all"]
