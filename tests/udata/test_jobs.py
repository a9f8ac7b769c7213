"""Our jobs as udata knows them."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from udata.commands import cli
from udata.core.jobs.models import PeriodicTask

from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now
from udata_mediadb.mongo.documents import durable
from udata_mediadb.operations import jobs

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal


def udata(app: Flask, *arguments: str) -> str:
    """What a command of udata itself prints, here for its jobs."""
    result = app.test_cli_runner().invoke(cli, args=arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def deleted(tenant: Tenant, days: float) -> str:
    media: str = tenant.client.add(tenant.application, jpeg(1, 96, 64))["id"]
    tenant.client.delete(f"media/{media}/")
    changes = {"deleted_at": now() - timedelta(days=days)}
    durable(Media).update_one({"_id": media}, {"$set": changes})
    return media


def test_udata_lists_and_schedules_them(app: Flask) -> None:
    listed = udata(app, "job", "list").split()
    assert {"mediadb-purge", "mediadb-check", "mediadb-import"} <= set(listed)

    udata(app, "job", "schedule", "0 3 * * *", "mediadb-purge")

    assert PeriodicTask.objects.get(task="mediadb-purge").enabled


def test_purge_removes_what_was_deleted_long_ago(portal: Portal, tenant: Tenant) -> None:
    app = portal.app
    with app.app_context():
        old, young = deleted(tenant, days=31), deleted(tenant, days=29)

        udata(app, "job", "run", "mediadb-purge")

        assert Media.objects(id=old).first() is None
        assert Media.objects(id=young).first().state == "deleted"
    assert tenant.client.get(f"media/{old}/").status_code == 404
    assert tenant.client.post(f"media/{young}/restore/").status_code == 200


def test_purge_can_be_switched_off(portal: Portal, tenant: Tenant) -> None:
    app = portal.app
    days = app.config["MEDIADB_PURGE_AFTER_DAYS"]
    app.config["MEDIADB_PURGE_AFTER_DAYS"] = None
    try:
        with app.app_context():
            old = deleted(tenant, days=1000)
            assert "0 media purged" in jobs.purge(jobs.Telling(logging.getLogger("test")))
            assert Media.objects(id=old).first() is not None
    finally:
        app.config["MEDIADB_PURGE_AFTER_DAYS"] = days


def test_check_logs_each_problem(
    portal: Portal, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    app = portal.app
    media = tenant.client.add(tenant.application, jpeg(1, 96, 64))
    with app.app_context(), caplog.at_level("INFO"):
        name = f"{tenant.application}/{media['id']}/original"
        app.extensions["mediadb"].storage.delete(name)

        udata(app, "job", "run", "mediadb-check")

    assert f"original-missing: {media['id']}" in caplog.text


def test_import_takes_an_application_that_there_is(app: Flask) -> None:
    result: Any = app.test_cli_runner().invoke(
        cli, args=["job", "run", "mediadb-import", "application=nope"]
    )
    assert "nope" in str(result.exception)


def test_a_library_that_is_switched_off_does_nothing(make_app: Any) -> None:
    app = make_app(MEDIADB_ENABLED=False)

    udata(app, "job", "run", "mediadb-purge")
