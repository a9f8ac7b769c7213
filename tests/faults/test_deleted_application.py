"""An application that is deleted while a picture is stored in it takes no picture with it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from udata_mediadb.application.models import Application
from udata_mediadb.media.models import Media
from udata_mediadb.mongo.clock import now

from ..images import jpeg
from ..portal_here import PortalHere, new_application


def test_an_upload_and_a_deletion_at_once_strand_no_picture(here: PortalHere) -> None:
    for seed in range(8):
        here.application = new_application(here.app, here.user)
        with ThreadPoolExecutor(2) as pool:
            stored = pool.submit(here.upload, jpeg(seed, 64, 48))
            gone = pool.submit(here.delete, f"applications/{here.application}/")
        there = Application.objects(id=here.application).first()
        media = Media.objects(application=here.application).count()
        assert gone.result().status_code in (204, 409)
        assert (gone.result().status_code == 204) == (there is None)
        assert not (there is None and media), "a picture of no application"
        assert (stored.result().status_code == 201) == (media == 1)
    assert here.command("check")[0] == 0


def test_while_it_is_being_deleted_nothing_is_stored_but_not_for_ever(here: PortalHere) -> None:
    found = Application.objects(id=here.application)
    found.update(set__closing_at=now())
    assert here.upload(jpeg(1, 64, 48)).status_code == 404
    assert Media.objects.count() == 0

    found.update(set__closing_at=now() - timedelta(hours=1))  # its process was killed
    assert here.upload(jpeg(1, 64, 48)).status_code == 201
    assert here.delete(f"applications/{here.application}/").status_code == 409
    assert Application.objects.get(id=here.application).closing_at is None
