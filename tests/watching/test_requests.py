"""Each request has an id, and a search that is slow is told with its stages."""

import logging
import re
from io import BytesIO

import pytest

from ..images import jpeg
from ..portal_here import PortalHere

SLOW = "udata_mediadb.operations.watching.slow"


def search(here: PortalHere, **headers: str) -> str:
    image = {"image": (BytesIO(jpeg(1)), "a.jpg")}
    answer = here.post("search/", data=image, headers=headers)
    assert answer.status_code == 200
    return str(answer.headers["X-Request-ID"])


def test_the_id_that_a_proxy_gave_is_kept_and_others_are_made(here: PortalHere) -> None:
    given = here.get("media/", headers={"X-Request-ID": "proxy-1.7"})
    made = here.get("media/")
    odd = here.get("media/", headers={"X-Request-ID": "a b\x0b" + "c" * 80})

    assert given.headers["X-Request-ID"] == "proxy-1.7"
    for answer in (made, odd):
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-ID"])


def test_a_slow_search_is_told_with_its_id_and_its_stages(
    here: PortalHere, caplog: pytest.LogCaptureFixture
) -> None:
    here.add(jpeg(1))
    here.app.config["MEDIADB_SLOW_SEARCH_S"] = 0.0
    with caplog.at_level(logging.WARNING, SLOW):
        identifier = search(here)
        here.get("media/")  # no search by image

    (line,) = [one.getMessage() for one in caplog.records if one.name == SLOW]
    assert identifier in line
    for stage in ("decode", "describe:match", "shortlist:match", "verify:match", "media"):
        assert re.search(rf"{stage} \d+", line), line


def test_quick_ones_are_not_told(here: PortalHere, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, SLOW):
        here.app.config["MEDIADB_SLOW_SEARCH_S"] = 1000.0
        search(here)
        here.app.config["MEDIADB_SLOW_SEARCH_S"] = None
        search(here)

    assert not [one for one in caplog.records if one.name == SLOW]
