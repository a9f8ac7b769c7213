"""The page of a library's keys."""

import re
from html import unescape

import pytest

from ..fixtures import Tenant, new_tenant
from ..hosts import plain_only
from ..portal import Portal
from .browser import HOSTILE, Browser

pytestmark = plain_only  # udata signs in on pages of its own


def test_a_new_key_is_shown_once_and_ended_by_name(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/keys"
    made = browser.send(path, path, data={"kind": "private", "do": "new"})
    key = re.search(r"mdp_\w+", made.text)
    assert key is not None
    unnamed = browser.send(path, path, data={"kind": "private", "do": "end"})

    assert key[0] not in browser.get(path).text
    assert unnamed.status_code == 400
    browser.http.cookies.clear()
    assert browser.get(path).status_code == 401


def test_a_key_for_one_client_may_only_what_was_ticked(browser: Browser, private: Tenant) -> None:
    browser.sign_in(private.user.email)
    path = f"/mediadb/{private.application}/keys"
    form = {"do": "named", "name": HOSTILE, "scopes": "search"}
    made = browser.send(path, path, data=form)
    key = re.search(r"mdn_[\w-]+", made.text)
    assert key is not None
    listed = browser.get(path)
    identifier = re.search(r'name="kind" value="(\w{32})"', listed.text)
    assert identifier is not None
    ended = browser.send(path, path, data={"do": "end", "kind": identifier[1]})

    assert HOSTILE in unescape(listed.text)
    assert key[0] not in listed.text
    assert ended.status_code == 303
    assert identifier[1] not in browser.get(path).text


@pytest.mark.parametrize(("scope", "allowed"), [("write", False), ("admin", True)])
def test_a_key_that_may_only_change_pictures_opens_no_other_keys(
    browser: Browser, portal: Portal, scope: str, allowed: bool
) -> None:
    """An X-API-KEY counts on the pages as it does on the routes."""
    tenant = new_tenant(portal)
    made = portal.flask("key", "create", tenant.user.email, "--scope", scope)
    browser.http.headers["X-API-KEY"] = made.stdout.strip().splitlines()[-1]
    add, keys = (f"/mediadb/{tenant.application}/{name}" for name in ("add", "keys"))

    assert browser.get(add).status_code == 200
    assert (browser.get(keys).status_code == 200) == allowed
    wide = browser.send(add, keys, data={"do": "named", "name": "wide", "scopes": "admin"})
    assert ("mdn_" in wide.text) == allowed
    more = {"name": "More", "signatures": "match"}
    library = browser.send(add, "/mediadb/applications/", data=more)
    assert library.status_code == (303 if allowed else 403)
