"""Collections found by their words."""

import pytest

from ..fixtures import Tenant

NAMES = {
    "Brücken der Alzette": (["river"], {}),
    "Œuvres d'été": ([], {"place": "Esch"}),
    "東京タワーの夜景": ([], {}),
}


@pytest.fixture
def kept(tenant: Tenant) -> Tenant:
    for name, (keywords, metadata) in NAMES.items():
        body = {"name": name, "keywords": keywords, "metadata": metadata}
        tenant.client.post("collections/", json=body)
        body["query"] = {"keywords": ["x"]}
        tenant.client.post("smart_collections/", json=body)
    return tenant


@pytest.mark.parametrize("kind", ["collections", "smart_collections"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brucken", ["Brücken der Alzette"]),
        ("bruecken alz", ["Brücken der Alzette"]),
        ("RIVER", ["Brücken der Alzette"]),
        ("oeuvres", ["Œuvres d'été"]),
        ("esch ete", ["Œuvres d'été"]),
        ("夜景", ["東京タワーの夜景"]),
        ("lzette", []),
        ("brucken esch", []),
        ("?!", []),
        ("", list(NAMES)),
    ],
)
def test_collections_are_found_by_words(
    kept: Tenant, kind: str, text: str, expected: list[str]
) -> None:
    params = {"application": kept.application, "q": text}
    answer = kept.client.get(f"{kind}/", params=params).json()
    assert sorted(one["name"] for one in answer["data"]) == sorted(expected)
    assert answer["total"] == len(expected)
