"""Pages in a portal's own layout, in fewer languages, elsewhere, and without a database."""

from pathlib import Path

from jinja2 import ChoiceLoader, DictLoader

from ..auth.local import local_app
from ..connections import disconnect
from ..fixtures import new_tenant
from ..hosts import current_host, plain_only
from ..portal import Portal

pytestmark = plain_only
LAYOUT = """<!doctype html><title>{% block title %}{% endblock %} - A portal</title>
<h9>of the portal</h9><main id="content">{% block content %}{% endblock %}</main>"""


def test_pages_stand_in_the_layout_of_the_portal(portal: Portal) -> None:
    new_tenant(portal, public=True)
    app = local_app(portal, MEDIADB_PAGES_LAYOUT="own/base.html")
    app.jinja_loader = ChoiceLoader([DictLoader({"own/base.html": LAYOUT}), app.jinja_loader])  # type: ignore[list-item]
    text = app.test_client().get("/mediadb/search").text

    assert "<h9>of the portal</h9>" in text
    assert "<title>Search by image - A portal</title>" in text
    assert 'name="image"' in text
    assert "mdb-head" not in text


def test_a_portal_offers_the_languages_that_it_names(portal: Portal) -> None:
    new_tenant(portal, public=True)
    client = local_app(portal, MEDIADB_PAGES_LANGUAGES=("fr", "xx")).test_client()
    german = client.get("/mediadb/search", headers={"Accept-Language": "de"}).text

    assert '<html lang="fr">' in german
    assert "lang=de" not in german


def test_pages_are_where_the_portal_wants_them_or_nowhere(portal: Portal) -> None:
    new_tenant(portal, public=True)
    moved = local_app(portal, MEDIADB_PAGES_PREFIX="/api/1/mediadb/pages").test_client()
    absent = local_app(portal, MEDIADB_PAGES_PREFIX=None).test_client()

    assert 'action="/api/1/mediadb/pages/search"' in moved.get("/api/1/mediadb/pages/search").text
    assert absent.get("/mediadb/search").status_code == 404


def test_without_the_database_a_page_says_so_and_tries_again(tmp_path: Path) -> None:
    disconnect()  # MongoEngine has one default, and another test has taken it
    nobody = "mongodb://127.0.0.1:1/x?serverSelectionTimeoutMS=200"
    answer = current_host().new_app(nobody, tmp_path).test_client().get("/mediadb/")
    disconnect()

    assert answer.status_code == 503
    assert "One moment please" in answer.text
    assert "data-retry" in answer.text
