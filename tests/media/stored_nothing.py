"""Nothing was stored."""

from ..fixtures import Tenant


def assert_nothing_stored(tenant: Tenant) -> None:
    found = tenant.client.get("media/", params={"application": tenant.application})
    assert found.json()["total"] == 0
