"""Lists of a database that came back without its indexes: slow, and right."""

import logging

import pytest

from udata_mediadb.media.models import Media

from ..images import jpeg
from ..portal_here import PortalHere

LISTS = (
    "media/",
    "media/?application={application}",
    "media/?application={application}&sort=name",
    "media/?application={application}&sort=-created_at&page=2&page_size=2",
    "media/?application={application}&q=name",
    "collections/",
    "collections/{collection}/media/",
    "collections/{collection}/media/?sort=position&page_size=2",
    "collections/{collection}/media/?sort=-position&page_size=2",
    "collections/{collection}/media/?sort=name",
)


def test_every_list_says_the_same_without_an_index(
    here: PortalHere, caplog: pytest.LogCaptureFixture
) -> None:
    media = [here.add(jpeg(seed, 64, 48), name=f"name {seed}")["id"] for seed in range(5)]
    made = here.post("collections/", json={"application": here.application, "name": "A"}).json
    here.post(f"collections/{made['id']}/media/", json={"media": [media[i] for i in (3, 0, 4)]})
    paths = [p.format(application=here.application, collection=made["id"]) for p in LISTS]
    before = [here.get(path).json for path in paths]

    Media._get_collection().drop_indexes()

    with caplog.at_level(logging.WARNING):
        after = [here.get(path) for path in paths]
    assert [answer.status_code for answer in after] == [200] * len(paths)
    for path, said, answer in zip(paths, before, after, strict=True):
        assert [one["id"] for one in answer.json["data"]] == [one["id"] for one in said["data"]], (
            path
        )
        assert answer.json["total"] == said["total"]
    assert "is absent" in caplog.text
