"""A search that began by former descriptions, which are taken away before it compares."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.current import current_catalogs
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.serving import Serving
from udata_mediadb.media.describing import drop_unused, switch
from udata_mediadb.search.actions import search
from udata_mediadb.search.exam.sitting import query_of

from ..former_match import former_form
from ..images import encoded, photo
from ..portal_here import PortalHere, portal_here

FORMER = "match@72.4.1"
PICTURE = np.asarray(cv2.resize(photo(81), (512, 384), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass
class Overtaken(Catalogs):
    """The real ones; after the first shortlist, the descriptions are switched and tidied up."""

    own_catalogs: Catalogs
    switched: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.registry = self.own_catalogs.registry

    def get(self, application: str, name: str) -> Serving:
        found: Any = OvertakenServing(self.own_catalogs.get(application, name), self, application)
        self.asked = name
        return found  # type: ignore[no-any-return]

    def switch(self, identifier: str) -> None:
        if not self.switched:
            self.switched.append(self.asked)
            application = Application.objects.get(id=identifier)
            switch(application, [self.registry["match"].signature])
            drop_unused(self.registry, Application.objects.get(id=identifier))


@dataclass
class OvertakenServing:
    real: Serving
    catalogs: Overtaken
    application: str

    def shortlists(self, *arguments: Any) -> Any:
        lists = self.real.shortlists(*arguments)
        self.catalogs.switch(self.application)
        return lists


@pytest.fixture
def here(mongodb_uri: str, database_name: str, tmp_path: Path) -> Iterator[PortalHere]:
    uri = f"{mongodb_uri.rstrip('/')}/{database_name}"
    with portal_here(uri, tmp_path / "files", MEDIADB_JOBS_IN_WEB=False) as portal:
        yield portal


def test_it_looks_again_by_the_new_ones(here: PortalHere) -> None:
    media = here.add(encoded(PICTURE, "PNG"))["id"]
    with here.app.app_context():
        StoredSignature(
            id=f"{media}/{FORMER}",
            application=here.application,
            media=media,
            signature=FORMER,
            data=former_form(PICTURE),
        ).save()
        Application.objects(id=here.application).update(set__described_versions={"match": "72.4.1"})
        application = Application.objects.get(id=here.application)
        overtaken = Overtaken(current_catalogs())

        hits = search(application, query_of(application, PICTURE[40:340, 60:460]), overtaken)

    assert overtaken.switched == [FORMER]
    assert [hit.media.id for hit in hits] == [media]
