"""What was deleted is listed with how long it stays, comes back, or goes for good."""

import re
from datetime import timedelta
from html import unescape

import pytest

from udata_mediadb.media.models import DELETED, Media
from udata_mediadb.mongo.clock import now

from ..auth.local import tenant_with_password
from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..many import add_copies
from ..portal import Portal
from ..waiting import eventually
from .browser import Browser, text_of

pytestmark = plain_only  # udata signs in on pages of its own


@pytest.fixture
def own(portal: Portal, browser: Browser) -> Tenant:
    tenant = tenant_with_password(portal, signatures=["colors"])
    for number in range(4):
        added = tenant.client.add(
            tenant.application, jpeg(40 + number, 96, 64), name=f"picture {number}"
        )
        if number:
            tenant.client.delete(f"media/{added['id']}/")
    browser.sign_in(tenant.user.email)
    return tenant


def path_of(own: Tenant) -> str:
    return f"/mediadb/{own.application}/deleted"


def gone(own: Tenant) -> dict[str, str]:
    asked = {"application": own.application, "deleted": "true"}
    return {one["name"]: one["id"] for one in own.client.get("media/", params=asked).json()["data"]}


def there(own: Tenant) -> set[str]:
    asked = {"application": own.application}
    return {one["name"] for one in own.client.get("media/", params=asked).json()["data"]}


def test_deleted_pictures_are_listed_with_how_long_they_stay(browser: Browser, own: Tenant) -> None:
    listed = browser.get(f"/mediadb/{own.application}/")
    page = browser.get(path_of(own))
    text, today = text_of(page), now()
    until = today + timedelta(days=30)
    thumbnail = re.search(r'<img src="([^"]+)"', page.text)
    assert thumbnail is not None
    picture = browser.get(unescape(thumbnail[1]))

    assert f'href="{path_of(own)}"' in listed.text
    assert "Deleted pictures 3" in text_of(listed)
    assert [name for name in ("picture 3", "picture 2", "picture 1") if name in text]
    assert "picture 0" not in text
    assert f"deleted on {today:%Y-%m-%d} stays until {until:%Y-%m-%d}" in text
    assert (picture.status_code, picture.headers["Cache-Control"]) == (200, "private, no-store")
    assert picture.headers["Content-Type"] == "image/jpeg"


def test_one_or_several_come_back(browser: Browser, own: Tenant) -> None:
    path, ids = path_of(own), gone(own)
    one = browser.send(path, path, data={"one": ids["picture 1"]})
    several = browser.send(
        path, path, data={"do": "restore", "ids": [ids["picture 2"], ids["picture 3"]]}
    )

    assert (one.status_code, several.status_code) == (303, 303)
    assert "2 pictures are back" in text_of(browser.get(several.headers["Location"]))
    assert there(own) == {f"picture {number}" for number in range(4)}
    assert gone(own) == {}


def test_nothing_is_removed_for_good_before_it_was_asked(
    browser: Browser, own: Tenant, portal: Portal
) -> None:
    path, ids = path_of(own), gone(own)
    asked = browser.send(path, path, data={"do": "remove", "ids": [ids["picture 1"]]})
    question = browser.get(asked.headers["Location"])
    before = gone(own)
    done = browser.send(path, path, data={"do": "purge", "ids": [ids["picture 1"]]})

    assert "Remove 1 picture for good?" in text_of(question)
    assert ids["picture 1"] in question.text
    assert before == ids, "a question changes nothing"
    assert "1 picture was removed for good" in text_of(browser.get(done.headers["Location"]))
    assert set(gone(own)) == {"picture 2", "picture 3"}
    with portal.app.app_context():
        assert Media.objects(id=ids["picture 1"]).count() == 0
    assert browser.get(f"/mediadb/{own.application}/{ids['picture 1']}").status_code == 404


def test_all_are_removed_after_the_same_question(browser: Browser, own: Tenant) -> None:
    path = path_of(own)
    asked = browser.send(path, path, data={"do": "remove", "all": "true"})
    question = browser.get(asked.headers["Location"])
    done = browser.send(path, path, data={"do": "purge", "all": "true"})

    assert "Remove 3 pictures for good?" in text_of(question)
    assert done.status_code == 303
    assert (gone(own), there(own)) == ({}, {"picture 0"})
    assert "Nothing here" in text_of(browser.get(path))


@pytest.mark.parametrize("do", ["restore", "purge"])
def test_what_is_not_deleted_or_not_ones_own_is_not_touched(
    browser: Browser, own: Tenant, stranger: Tenant, do: str
) -> None:
    path = path_of(own)
    theirs = stranger.client.add(stranger.application, jpeg(48, 96, 64))["id"]
    stranger.client.delete(f"media/{theirs}/")
    asked = {"application": own.application}
    (active,) = own.client.get("media/", params=asked).json()["data"]
    sent = browser.send(path, path, data={"do": do, "ids": [theirs, active["id"], "nothing"]})

    assert sent.status_code == 400
    assert "Choose at least one picture" in text_of(sent)
    assert own.client.get(f"media/{active['id']}/").status_code == 200
    assert stranger.client.get(f"media/{theirs}/").status_code == 410
    assert browser.get(f"{path}/{theirs}.jpg").status_code == 404
    assert browser.get(f"{path}/{active['id']}.jpg").status_code == 404
    assert browser.get(f"{path}/remove", params={"ids": theirs}).status_code == 400
    assert browser.get(path.replace(own.application, stranger.application)).status_code == 404


def test_who_may_not_change_a_library_sees_nothing_of_it(
    portal: Portal, own: Tenant, public: Tenant
) -> None:
    nobody = Browser(portal)

    assert nobody.get(path_of(own)).status_code == 401
    assert nobody.get(path_of(public)).status_code == 401
    assert "deleted" not in nobody.get(f"/mediadb/{public.application}/").text


def test_many_come_back_by_a_job(browser: Browser, own: Tenant, portal: Portal) -> None:
    path = path_of(own)
    with portal.app.app_context():
        add_copies(gone(own)["picture 1"], 250, DELETED)
    sent = browser.send(path, path, data={"do": "restore", "all": "true"})
    progress = sent.headers["Location"]

    assert "/changes/" in progress
    eventually(lambda: "Pictures were brought back" in text_of(browser.get(progress)))
    assert "253 pictures" in text_of(browser.get(progress))
    assert gone(own) == {}
