"""What `mediadb import` brought into a library."""

from ..fixtures import Tenant


def media(tenant: Tenant) -> list[dict[str, object]]:
    params = {"application": tenant.application, "page_size": 100}
    return list(tenant.client.get("media/", params=params).json()["data"])
