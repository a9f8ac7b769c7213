"""Forms: a search by a stored media, or by a kept query, says what a search by the file says."""

from collections.abc import Iterator

import numpy as np
import pytest

from ..fixtures import Tenant
from ..images import encoded
from ..signatures.test_equal_parts import month

FEBRUARY, MARCH = ("February", 6, 28), ("March", 6, 31)


@pytest.fixture
def forms(tenant: Tenant) -> Iterator[tuple[Tenant, str, str]]:
    """Two months of one calendar, one with three days more."""
    one, other = (
        tenant.client.add(tenant.application, encoded(month(*drawn), "PNG"), name=drawn[0])["id"]
        for drawn in (FEBRUARY, MARCH)
    )
    yield tenant, one, other


def matched(tenant: Tenant, **body: object) -> list[str]:
    answer = tenant.client.post("search/", json={**body, "signatures": ["match"]})
    assert answer.status_code == 200, answer.text
    return [hit["media"]["id"] for hit in answer.json()["data"]]


def test_a_stored_form_matches_itself_only(forms: tuple[Tenant, str, str]) -> None:
    tenant, one, other = forms
    assert matched(tenant, media=one) == [one]
    assert matched(tenant, media=other) == [other]


def test_a_kept_form_matches_what_the_file_matches(forms: tuple[Tenant, str, str]) -> None:
    tenant, one, _ = forms
    worse = encoded(np.ascontiguousarray(month(*FEBRUARY)[4:-4, 4:-4]), "JPEG", quality=40)
    form = {"signatures": "match"}
    sent = tenant.client.post("search/", data=form, files={"image": ("t.jpg", worse)}).json()
    kept = tenant.client.post("queries/", files={"image": ("t.jpg", worse)}).json()["id"]

    assert [hit["media"]["id"] for hit in sent["data"]] == [one]
    assert matched(tenant, query=kept) == [one]
