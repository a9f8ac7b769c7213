"""What lists read of a media says the same as its document."""

from pathlib import Path
from typing import Any

import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.media.api_fields import represent
from udata_mediadb.media.listed import listed
from udata_mediadb.media.models import Media
from udata_mediadb.web.readers import plain

from ..hosts import plain_only
from ..images import jpeg
from ..portal_here import portal_here


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"name": "Bridge", "keywords": "a,b", "metadata": '{"year": 1903}', "external_id": "x"},
        {"title": "Old", "creator": "Ada", "published_from": "2090-01-01"},
        # udata's licences are those of its database
        pytest.param({"licence": "CC-BY-4.0"}, marks=plain_only),
    ],
)
@pytest.mark.parametrize("public", ["true", "false"])
def test_a_listed_media_has_what_its_document_has(
    mongodb_uri: str, database_name: str, tmp_path: Path, said: dict[str, Any], public: str
) -> None:
    with portal_here(f"{mongodb_uri.rstrip('/')}/{database_name}", tmp_path) as here:
        here.add(jpeg(1, 64, 48))
        media = here.add(jpeg(1, 64, 48), **said)["id"]
        here.put(f"applications/{here.application}/", json={"public": public})
        with here.app.test_request_context(headers={"X-API-KEY": here.key}):
            document = Media.objects.get(id=media)
            stored = Media._get_collection().find_one({"_id": media})
            assert stored is not None
            read = listed(stored)

            for name in Media._fields:
                assert plain(getattr(read, name)) == plain(getattr(document, name)), name
            assert read.picture_id == document.picture_id
            application = Application.objects.get(id=here.application)
            assert represent([read], application) == represent([document], application)
        with pytest.raises(AttributeError):
            read.nothing_of_this_name  # noqa: B018
