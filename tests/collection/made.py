"""Collections and media of a tenant."""

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Client


def collection(tenant: Tenant, name: str = "Bridges", **properties: object) -> dict[str, object]:
    answer = tenant.client.post(
        "collections/", json={"application": tenant.application, "name": name, **properties}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def media(tenant: Tenant, count: int, **properties: object) -> list[str]:
    return [
        tenant.client.add(tenant.application, jpeg(seed, 96, 64), **properties)["id"]
        for seed in range(count)
    ]


def listed(client: Client, path: str, **params: object) -> list[str]:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["data"]]
