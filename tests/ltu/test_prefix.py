"""Where the dialect is mounted."""

import pytest

from ..auth.local import local_client
from ..portal import Portal
from .conftest import LTUTenant


@pytest.mark.parametrize("prefix", ["", "/", "/ltu", "/some/where/"])
def test_the_prefix_may_be_anything_and_empty(
    portal: Portal, ltu_tenant: LTUTenant, prefix: str
) -> None:
    client = local_client(portal, MEDIADB_LTU_PREFIX=prefix)
    ltu = ltu_tenant.ltu
    headers = {"api-key": str(ltu.public_key)}
    base = prefix.rstrip("/")

    answer = client.post(f"{base}/search/media", headers=headers, json={"keywords": ["a"]})
    assert (answer.status_code, answer.json) == (200, [])
    wrong = client.delete(f"{base}/collection")
    assert (wrong.status_code, wrong.json["status"]) == (405, 405)
    page = client.get(
        f"{base}/services/media?page_size=1",
        headers={"X-API-KEY": ltu_tenant.udata.key, "api-key": str(ltu.private_key)},
    )
    assert page.status_code == 200, page.json
    elsewhere = client.get("/nothing/of/ours")
    assert elsewhere.status_code == 404
