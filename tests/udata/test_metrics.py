"""The library's numbers among udata's metrics of the site."""

from flask import Flask
from udata.core.metrics.signals import on_site_metrics_computed
from udata.core.site.models import Site

from udata_mediadb.hosts.udata.metrics import KEYS

from ..fixtures import Tenant
from ..images import jpeg


def test_udata_computes_and_shows_them_with_its_own(app: Flask, tenant: Tenant) -> None:
    tenant.client.add(tenant.application, jpeg(1, 96, 64))
    tenant.client.post("search/", json={"application": tenant.application, "keywords": ["x"]})
    named = {"id": app.config["SITE_ID"], "title": "A portal"}
    site = Site.objects(id=named["id"]).first() or Site(**named).save()
    on_site_metrics_computed.send(site)
    shown = site.reload().get_metrics()

    assert shown["mediadb_media"] >= 1
    assert shown["mediadb_applications"] >= 1
    assert set(KEYS) <= set(shown)
    assert list(Site.__metrics_keys__).count(KEYS[0]) == 1
