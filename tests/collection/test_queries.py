"""How many queries a list takes, and that each is served by an index; MongoDB's own profiler."""

import pytest

from ..fixtures import Tenant
from .made import collection, media
from .profile import profiled, scanned

LISTS = [
    "media/",
    "media/?keyword=a",
    "media/?metadata.b=c",
    "media/?q=pict",
    "collections/",
    "collections/?parent=",
    "smart_collections/",
    "collections/{collection}/media/",
    "collections/{collection}/media/?sort=name",
    "collections/{collection}/media/?sort=position",
    "collections/{collection}/media/?keyword=a",
    "smart_collections/{smart}/media/",
    "smart_collections/{smart}/media/?sort=name",
]


def fill(tenant: Tenant, count: int) -> dict[str, object]:
    ids = media(tenant, count, keywords="a", metadata='{"b": "c"}', name="picture")
    held, *_ = [str(collection(tenant, f"c{number}")["id"]) for number in range(count)]
    tenant.client.post(f"collections/{held}/media/", json={"media": ids})
    for number in range(count):
        body = {"application": tenant.application, "name": f"s{number}"}
        body["query"] = {"keywords": ["a"], "not": {"metadata": {"b": "x"}}}
        smart = tenant.client.post("smart_collections/", json=body).json()["id"]
    return {"collection": held, "smart": smart}


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_page_takes_no_more_queries_and_none_scans(
    tenant: Tenant, stranger: Tenant, path: str
) -> None:
    counts = []
    for who, size in ((tenant, 2), (stranger, 7)):
        wanted = path.format(**fill(who, size))
        separator = "&" if "?" in wanted else "?"
        with profiled() as reads:
            answer = who.client.get(f"{wanted}{separator}application={who.application}")
        assert len(answer.json()["data"]) == size, answer.text
        assert not scanned(reads)
        counts.append(len(reads))

    assert counts[0] == counts[1] > 0
