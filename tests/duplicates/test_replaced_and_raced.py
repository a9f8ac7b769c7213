"""Groups of pictures that were replaced since, and two who decide about a group at once."""

import pytest

from udata_mediadb.errors import Conflict
from udata_mediadb.mongo.documents import durable
from udata_mediadb.search.duplicates.deciding import act as decide
from udata_mediadb.search.duplicates.models import DuplicateGroup

from ..images import jpeg
from ..portal_here import PortalHere
from .groups import copy_of, groups, members, scan, work


def replace(here: PortalHere, media: str, image: bytes) -> None:
    headers = {"Content-Type": "image/jpeg"}
    answer = here.put(f"media/{media}/file/", data=image, headers=headers)
    assert answer.status_code == 200, answer.text


def test_what_the_earlier_picture_was_a_copy_of_is_none_of_the_new_ones(here: PortalHere) -> None:
    first, copy = here.add(jpeg(1))["id"], here.add(copy_of(1))["id"]
    other = here.add(jpeg(2))["id"]
    scan(here)
    assert [members(one) for one in groups(here)] == [{first, copy}]

    replace(here, copy, copy_of(2))
    work(here)
    assert [members(one) for one in groups(here)] == [{other, copy}]
    scan(here)
    assert [members(one) for one in groups(here)] == [{other, copy}]


@pytest.mark.parametrize("action", ["keep_all", "dismiss", "link"])
def test_who_comes_second_takes_no_merge_for_undone(here: PortalHere, action: str) -> None:
    here.add(jpeg(1))
    here.add(copy_of(1))
    scan(here)
    (group,) = groups(here)
    with here.app.app_context():
        as_read = DuplicateGroup.objects.get(id=group["id"])
        began = {"state": "merged", "merge": {"keep": "1", "removed": ["2"], "done": False}}
        durable(DuplicateGroup).update_one({"_id": group["id"]}, {"$set": began})
        with pytest.raises(Conflict):
            decide(as_read, action, keep=None, version=None, by=None)
        assert DuplicateGroup.objects.get(id=group["id"]).state == "merged"
