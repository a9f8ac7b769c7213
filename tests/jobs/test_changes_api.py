"""`POST media/changes/`: what is too much for one request is done by a job."""

from typing import Any

import pytest
import requests

from ..fixtures import Tenant
from ..images import jpeg
from ..many import add_copies
from ..portal import Portal
from ..waiting import eventually

pytestmark = pytest.mark.server
COUNT = 1001
A = {"keywords": ["a"]}


def begun(tenant: Tenant, **asked: Any) -> requests.Response:
    sent = {"application": tenant.application, **asked}
    return tenant.client.post("media/changes/", json=sent)


def ended(tenant: Tenant, answer: requests.Response) -> dict[str, Any]:
    """The job, when it is done."""
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == answer.json()["uri"]

    def job() -> dict[str, Any]:
        return dict(tenant.client.get(f"jobs/{answer.json()['id']}/").json())

    eventually(lambda: job()["state"] in ("done", "failed", "cancelled"))
    return job()


def total(tenant: Tenant, **asked: str) -> int:
    found = tenant.client.get("media/", params={"application": tenant.application, **asked}).json()
    return int(found["total"])


def test_what_a_request_refuses_a_job_does(portal: Portal, tenant: Tenant) -> None:
    media = tenant.client.add(tenant.application, jpeg(1, 32, 32), keywords="river")["id"]
    with portal.app.app_context():
        add_copies(media, COUNT - 1)
    change = {"query": {"keywords": ["river"]}, "add_keywords": ["old"]}

    refused = tenant.client.patch("media/", json={"application": tenant.application, **change})
    assert refused.status_code == 400
    assert "POST media/changes/" in refused.json()["errors"]["query"]
    job = ended(tenant, begun(tenant, **change))

    assert (job["kind"], job["state"], job["failed"]) == ("media-change", "done", 0)
    assert (job["total"], job["counts"]) == (COUNT, {"changed": COUNT})
    assert total(tenant, keyword="old") == COUNT


def test_what_a_job_deleted_is_taken_back(tenant: Tenant) -> None:
    client, application = tenant.client, tenant.application
    gone, *others = (client.add(application, jpeg(n, 32, 32), keywords="a")["id"] for n in range(3))
    client.delete(f"media/{gone}/")

    deleted = ended(tenant, begun(tenant, do="delete", query=A))
    assert (deleted["counts"], total(tenant)) == ({"deleted": 2}, 0)
    undone = ended(tenant, begun(tenant, do="restore", undoes=deleted["id"]))

    assert undone["counts"] == {"restored": 2}
    assert {one["id"] for one in client.get("media/").json()["data"]} == set(others)
    restored = ended(tenant, begun(tenant, do="restore", ids=[gone, others[0]]))
    assert (restored["counts"], total(tenant)) == ({"restored": 1}, 3)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"query": A}, "set_metadata"),
        ({"query": {}, "add_keywords": ["a"]}, "query"),
        ({"add_keywords": ["a"]}, "ids"),
        ({"query": A, "ids": ["1"], "add_keywords": ["a"]}, "ids"),
        ({"query": A, "do": "delete", "add_keywords": ["a"]}, "add_keywords"),
        ({"query": A, "do": "purge"}, "do"),
        ({"do": "delete", "undoes": "1"}, "undoes"),
        ({"do": "restore", "undoes": "1"}, "undoes"),
        ({"ids": [], "do": "delete"}, "ids"),
    ],
)
def test_what_cannot_be_begun_is_said(tenant: Tenant, asked: dict[str, Any], field: str) -> None:
    answer = begun(tenant, **asked)

    assert answer.status_code == 400, answer.text
    assert field in answer.json()["errors"]


def test_another_tenant_changes_nothing(tenant: Tenant, stranger: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(1, 32, 32), keywords="a")
    asked = {"application": tenant.application, "do": "delete", "query": A}
    deleted = ended(tenant, begun(tenant, do="delete", query={"keywords": ["nothing"]}))

    assert stranger.client.post("media/changes/", json=asked).status_code == 404
    assert begun(stranger, do="restore", undoes=deleted["id"]).status_code == 400
    assert total(tenant) == 1
