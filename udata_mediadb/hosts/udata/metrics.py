"""The library's numbers among udata's own metrics of the site, which udata computes in a job."""

from typing import Any

from udata.core.metrics.signals import on_site_metrics_computed
from udata.core.site.models import Site

from ...application.models import Application
from ...media.models import ACTIVE, Media
from ...search.models import SearchCount

KEYS = ("mediadb_media", "mediadb_applications", "mediadb_searches")


def show_metrics() -> None:
    """Let udata show ours, and compute them whenever it computes its own."""
    Site.__metrics_keys__.extend(key for key in KEYS if key not in Site.__metrics_keys__)
    on_site_metrics_computed.connect(count)


def count(site: Any, **_more: Any) -> None:
    """Media that can be seen, libraries, and searches of the last 400 days, of the whole portal."""
    searches = SearchCount.objects.sum("searches")
    numbers = (Media.objects(state=ACTIVE).count(), Application.objects.count(), int(searches))
    site.metrics = {**site.metrics, **dict(zip(KEYS, numbers, strict=True))}
    site.save()
