"""`region`, `flip` and `explain` of a search: nothing new unless asked."""

import json
from typing import Any

import numpy as np
import pytest
import requests

from ..images import encoded, jpeg, photo
from .conftest import LTUTenant

WHOLE = photo(21)
MIRRORED = encoded(WHOLE[:, ::-1])
BESIDE = encoded(np.hstack([photo(21), photo(22)]))


@pytest.fixture
def stored(ltu_tenant: LTUTenant) -> list[str]:
    return [ltu_tenant.ltu.add_picture(jpeg(seed)) for seed in (21, 22)]


def post(tenant: LTUTenant, image: bytes, **data: Any) -> requests.Response:
    return requests.post(
        tenant.ltu.base + "/search/media",
        headers={"api-key": tenant.ltu.public_key or ""},
        files={"media": image},
        data={"data": json.dumps(data)},
        timeout=300,
    )


def found(answer: requests.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    assert "X-Warning" not in answer.headers
    return [hit["id"] for hit in answer.json()]


def test_only_the_region_is_looked_for(ltu_tenant: LTUTenant, stored: list[str]) -> None:
    assert sorted(found(post(ltu_tenant, BESIDE))) == sorted(stored)
    assert found(post(ltu_tenant, BESIDE, region="0,0,0.5,1")) == stored[:1]
    assert found(post(ltu_tenant, BESIDE, region=[0.5, 0, 0.5, 1])) == stored[1:]
    assert found(post(ltu_tenant, BESIDE, region="pct:50,0,50,100")) == stored[1:]
    refused = post(ltu_tenant, BESIDE, region="0,0,0,1")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["region"])


def test_mirrored_copies_can_be_left_out(ltu_tenant: LTUTenant, stored: list[str]) -> None:
    plainly = post(ltu_tenant, MIRRORED)
    asked = post(ltu_tenant, MIRRORED, flip=True)

    assert found(plainly) == found(asked) == stored[:1]
    assert found(post(ltu_tenant, MIRRORED, flip=False)) == []
    assert found(post(ltu_tenant, encoded(WHOLE), flip="false")) == stored[:1]
    assert {**asked.json()[0], "flip": None} == {**plainly.json()[0], "flip": None}
    assert asked.json()[0]["flip"] is True
    assert post(ltu_tenant, MIRRORED, flip="perhaps").status_code == 400


def test_a_hit_is_explained_and_so_is_what_is_none(
    ltu_tenant: LTUTenant, stored: list[str]
) -> None:
    plainly, asked = post(ltu_tenant, jpeg(21)), post(ltu_tenant, jpeg(21), explain=True)
    expected = post(ltu_tenant, jpeg(21), explain=stored[1]).json()

    assert "explain" not in plainly.json()[0]
    assert asked.json()[0]["explain"] == "They are the same picture"
    assert [hit["id"] for hit in expected["results"]] == stored[:1]
    assert (expected["count"], expected["explain"]["found"]) == (1, False)
    assert expected["explain"]["stage"] in ("shortlisted", "early_rejection", "agreeing_points")
    assert "explain" not in expected["results"][0]
    assert post(ltu_tenant, jpeg(21), explain="perhaps").status_code == 400
    unknown = "00000000-0000-4000-8000-000000000000"
    assert post(ltu_tenant, jpeg(21), explain=unknown).status_code == 404
