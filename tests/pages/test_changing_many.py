"""P1: all of a list that is longer than what is done at once is changed by a job."""

import re

import pytest
import requests

from ..auth.local import tenant_with_password
from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..many import add_copies
from ..portal import Portal
from ..waiting import eventually
from .browser import Browser, text_of

pytestmark = plain_only
MANY = 12_000
COUNT = 1030  # thirty more than are done at once


@pytest.fixture
def own(portal: Portal, browser: Browser) -> Tenant:
    tenant = tenant_with_password(portal, signatures=["colors"])
    added = tenant.client.add(tenant.application, jpeg(50, 96, 64), name="many", keywords="river")
    tenant.client.add(tenant.application, jpeg(51, 96, 64), name="another", keywords="tower")
    with portal.app.app_context():
        add_copies(added["id"], COUNT - 1)
    browser.sign_in(tenant.user.email)
    return tenant


def total(own: Tenant, **asked: str) -> int:
    found = own.client.get("media/", params={"application": own.application, **asked})
    return int(found.json()["total"])


def ended(browser: Browser, sent: requests.Response, heading: str) -> str:
    """The text of the job's page when it has ended."""
    assert sent.status_code == 303
    where = sent.headers["Location"]
    eventually(lambda: heading in text_of(browser.get(where)))
    return text_of(browser.get(where))


def test_all_of_a_long_list_are_changed_with_progress_and_a_report(
    browser: Browser, own: Tenant
) -> None:
    path = f"/mediadb/{own.application}/"
    told = {"application": own.application, "name": "Long"}
    collection = own.client.post("collections/", json=told).json()["id"]
    listed = text_of(browser.get(path))
    form = {"do": "change", "all": "true", "filter": "keyword=river", "add_keywords": "old, wide"}
    form |= {"licence": "CC0-1.0", "add_to_collection": collection}
    sent = browser.send(path, path, data=form)
    text = ended(browser, sent, "Pictures were changed")

    assert "More than 1,000 are done one after the other" in listed
    assert f"Done: {COUNT:,} pictures" in text
    assert total(own, keyword="old", licence="CC0-1.0") == COUNT
    assert own.client.get(f"collections/{collection}/media/").json()["total"] == COUNT
    assert total(own, keyword="tower") == 1
    back = re.search(
        r'class="mdb-button" href="([^"]+)"', browser.get(sent.headers["Location"]).text
    )
    assert back is not None
    assert "keyword=river" in back[1]


def test_all_of_a_long_list_are_deleted_and_brought_back(browser: Browser, own: Tenant) -> None:
    path = f"/mediadb/{own.application}/"
    form = {"do": "delete", "all": "true", "filter": "keyword=river"}
    sent = browser.send(path, path, data=form)
    page = sent.headers["Location"].partition("?")[0]
    text = ended(browser, sent, "Pictures were deleted")
    left = total(own)
    undone = browser.send(page, page, data={"do": "undo"})
    back = ended(browser, undone, "Pictures were brought back")

    assert f"Done: {COUNT:,} pictures" in text
    assert left == 1
    assert f"Done: {COUNT:,} pictures" in back
    assert total(own) == COUNT + 1
    assert browser.send(path, page, data={"do": "undo"}).status_code == 400


def test_a_change_of_many_is_paused_stopped_and_found_again(
    portal: Portal, browser: Browser, own: Tenant
) -> None:
    with portal.app.app_context():  # so many that it goes on for a minute: it must not end before
        add_copies(str(own.client.get("media/").json()["data"][0]["id"]), MANY)
    path = f"/mediadb/{own.application}/"
    form = {"do": "change", "all": "true", "add_keywords": "slow"}
    first, again = (browser.send(path, path, data=form) for _ in range(2))
    page = first.headers["Location"]
    paused = browser.send(page, page, data={"do": "pause"})
    listed = browser.get(path)
    stopped = browser.send(page, page, data={"do": "cancel"})
    late = browser.send(path, page, data={"do": "resume"})
    counted = total(own, keyword="slow")

    assert again.headers["Location"] == page, "a second click began a second one"
    assert (paused.status_code, stopped.status_code, late.status_code) == (303, 303, 409)
    assert page in listed.text
    assert "What was done until then stays" in text_of(browser.get(page))
    assert counted < MANY
    assert browser.send(path, page, data={"do": "burn"}).status_code == 400


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "change", "all": "true"}, "Say what is to be changed"),
        ({"do": "change", "all": "true", "licence": "no-such"}, "licence"),
        ({"do": "change", "all": "true", "add_to_collection": "0" * 32}, "collection"),
    ],
)
def test_what_cannot_be_done_with_a_long_list_is_said_before(
    browser: Browser, own: Tenant, form: dict[str, str], words: str
) -> None:
    path = f"/mediadb/{own.application}/"
    answer = browser.send(path, path, data=form)

    assert answer.status_code in (400, 404)
    assert words in text_of(answer)


def test_a_change_is_nobody_elses(portal: Portal, browser: Browser, own: Tenant) -> None:
    path = f"/mediadb/{own.application}/"
    form = {"do": "change", "all": "true", "add_keywords": "mine"}
    page = browser.send(path, path, data=form).headers["Location"]
    other = Browser(portal)
    stranger = tenant_with_password(portal)
    other.sign_in(stranger.user.email)
    elsewhere = page.replace(own.application, stranger.application)

    assert Browser(portal).get(page).status_code == 401
    assert other.get(page).status_code == 404
    assert other.get(elsewhere).status_code == 404
    browser.send(page, page, data={"do": "cancel"})
