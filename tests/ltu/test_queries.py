"""How many queries the dialect's lists take, and that each is served by an index."""

import pytest

from ..collection.profile import profiled, scanned
from ..images import jpeg
from .conftest import LTUTenant, add_copies

LISTS = [
    ("GET", "/media", None),
    ("GET", "/media?order_by=uuid", None),
    ("GET", "/collection", None),
    ("GET", "/collection?full=true", None),
    ("GET", "/collection/{collection}/medias", None),
    ("GET", "/collection/{collection}/medias?order_by=name&desc=true", None),
    ("GET", "/smart_collection", None),
    ("GET", "/smart_collection/{smart}/medias", None),
    ("POST", "/search/media", {"keywords": ["a"], "metadata": {"b": ["c", "d"]}}),
    ("POST", "/search/media", {"query": {"range": {"year": {"gte": 1800}}}}),
]


def fill(tenant: LTUTenant, count: int) -> dict[str, str]:
    ltu = tenant.ltu
    one = ltu.add_picture(jpeg(1, 96, 64), keywords=["a"], metadata={"b": "c", "year": 1900})
    for number in range(count):
        query = {"name": f"s{number}", "query": {"keywords": ["a"]}}
        held = ltu.request("POST", "/collection", json={"name": "x"}).json()["id"]
        smart = ltu.request("POST", "/smart_collection", json=query).json()["id"]
    ltu.request("PATCH", f"/collection/{held}/medias", json={"medias": [one]})
    add_copies(one, count - 1)
    return {"collection": held, "smart": smart}


@pytest.mark.parametrize(("method", "path", "body"), LISTS)
def test_a_longer_list_takes_no_more_queries_and_none_scans(
    ltu_tenant: LTUTenant,
    other_tenant: LTUTenant,
    method: str,
    path: str,
    body: dict[str, object] | None,
) -> None:
    counts = []
    for tenant, size in ((ltu_tenant, 2), (other_tenant, 9)):
        wanted = path.format(**fill(tenant, size))
        tenant.ltu.request("GET", "/apikey")  # the key's first use is noted once
        with profiled() as reads:
            answer = tenant.ltu.request(method, wanted, json=body)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert len(found["results"] if isinstance(found, dict) else found) == size
        assert not scanned(reads)
        counts.append(len(reads))

    assert counts[0] == counts[1] > 0
