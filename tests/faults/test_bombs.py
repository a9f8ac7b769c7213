"""Files of a few bytes and many pixels cost a worker a bounded memory, which it gives back."""

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from ..bombs import BOMBS, NAMES, png, webp
from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal, running_portal
from ..portal_here import PortalHere
from ..waiting import eventually
from .memory import GIGABYTE, forget_peaks, peak, resident

AT_ONCE = 4
# What workers keep of their heap for the next picture: see recognition/process.py.
KEPT = 2 * 160 << 20
REFUSALS = (413, 415, 503)


@pytest.fixture(scope="module")
def portal(mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    uri = f"{mongodb_uri.rstrip('/')}/mediadb_test_{secrets.token_hex(6)}"
    with running_portal(uri, tmp_path_factory.mktemp("files")) as running:
        yield running


@pytest.fixture(scope="module")
def tenant(portal: Portal) -> Tenant:
    tenant = new_tenant(portal, public=True, signatures=["match", "similarity", "colors"])
    for number in range(6):  # both workers have their libraries and indexes loaded
        tenant.client.add(tenant.application, jpeg(number, 640, 480))
        search(tenant, jpeg(number, 640, 480))
    return tenant


def search(tenant: Tenant, image: bytes) -> int:
    """By the public key alone, as strangers do."""
    key = tenant.client.get(f"applications/{tenant.application}/keys/public/").json()["key"]
    answer = tenant.client.__class__(tenant.client.api).post(
        "search/", files={"image": image}, headers={"api-key": key}
    )
    return answer.status_code


def upload(tenant: Tenant, image: bytes) -> int:
    data = {"application": tenant.application}
    return tenant.client.post("media/", data=data, files={"image": image}).status_code


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("send", [search, upload], ids=["searched", "uploaded"])
def test_four_at_once_stay_below_a_gigabyte_and_are_given_back(
    portal: Portal, tenant: Tenant, name: str, send: object
) -> None:
    bomb = BOMBS[name]()
    forget_peaks(portal)
    rest = resident(portal)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(lambda _: send(tenant, bomb), range(AT_ONCE)))  # type: ignore[operator]

    assert set(statuses) <= {200, 201, *REFUSALS}, statuses
    assert peak(portal) - rest <= GIGABYTE, f"{(peak(portal) - rest) >> 20} MB"
    # what a worker does beside its requests, such as looking at a new picture, may go on
    eventually(lambda: resident(portal) - rest <= KEPT)


def test_a_search_may_take_less_than_an_upload(tenant: Tenant) -> None:
    picture = png(6, width=6000, height=6000)  # between two fifths of the budget and all of it

    assert search(tenant, picture) == 413
    assert upload(tenant, picture) == 201


def test_all_requests_of_a_worker_share_one_budget(here: PortalHere) -> None:
    budget = here.ingest.budget
    with budget.room_for(budget.total_bytes):
        refused = here.upload(jpeg(1))

    assert refused.status_code == 503
    assert refused.json["message"] == "Too many large pictures are being decoded."
    assert refused.headers["Retry-After"]
    assert here.upload(jpeg(1)).status_code == 201


def test_the_answer_says_what_is_accepted(tenant: Tenant) -> None:
    data, files = {"application": tenant.application}, {"image": webp()}
    answer = tenant.client.post("media/", data=data, files=files)

    assert answer.status_code == 413
    assert "WEBP of 9000x8800 pixels takes" in answer.json()["message"]
