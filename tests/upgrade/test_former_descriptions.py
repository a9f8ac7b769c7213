"""Pictures that an earlier version described are found, while they are described anew."""

import time

import cv2
import numpy as np
import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.versions import in_use, versions_of
from udata_mediadb.recognition.registry import new_registry

from ..fixtures import Tenant
from ..former_match import former_form
from ..images import encoded, photo
from ..portal import Portal
from ..waiting import PATIENCE_S

pytestmark = pytest.mark.server

FORMER = "match@72.4.1"
SEEDS = range(70, 76)


def of_512_px(seed: int) -> np.ndarray:
    return np.asarray(cv2.resize(photo(seed), (512, 384), interpolation=cv2.INTER_AREA), np.uint8)


def found(tenant: Tenant, image: bytes) -> list[str]:
    answer = tenant.client.post("search/", files={"image": image}).json()
    return [hit["media"]["id"] for hit in answer["data"]]


def test_an_application_is_searched_by_its_former_descriptions_until_all_are_new(
    portal: Portal, tenant: Tenant
) -> None:
    shown = {}
    for seed in SEEDS:
        image = encoded(of_512_px(seed), "PNG")
        shown[seed] = tenant.client.add(tenant.application, image)["id"]
    with portal.app.app_context():
        for seed, media in shown.items():
            StoredSignature.objects(media=media).delete()
            StoredSignature(
                id=f"{media}/{FORMER}",
                application=tenant.application,
                media=media,
                signature=FORMER,
                data=former_form(of_512_px(seed)),
            ).save()
        application = Application.objects(id=tenant.application)
        application.update(set__described_versions={"match": "72.4.1"})
        assert in_use(new_registry(), application.first().described_versions, "match") == FORMER

    end = time.monotonic() + PATIENCE_S
    while True:
        for seed, media in shown.items():
            crop = encoded(of_512_px(seed)[60:320, 80:420], "JPEG", quality=85)
            assert media in found(tenant, crop)  # also one that the switch overtakes
        with portal.app.app_context():
            keys = set(StoredSignature.objects(application=tenant.application).scalar("signature"))
            used = Application.objects(id=tenant.application).first().described_versions
        if keys == {"match@2"}:
            break
        assert time.monotonic() < end
    assert used["match"] == versions_of(new_registry())["match"]
