"""Taking in a picture whose document was lost, by its original."""

from pymongo.errors import DuplicateKeyError

from ...application.models import Application
from ...media import files
from ...media.ingest import Ingest, add_media
from .orphans import Orphan, bring_back, keep_copy


def adopt(ingest: Ingest, orphan: Orphan) -> bool:
    """Make an original a media again, under its old id; False where it is gone or was faster.

    Raises what `add_media` raises. The file is written anew in its own place, never removed: a
    failure would take a pending media with all its files, so a copy is kept out of the way.
    """
    data = files.read(ingest.storage, orphan.name)
    application = Application.objects(id=orphan.application).first()
    if data is None or application is None:
        return False
    copy = keep_copy(ingest.storage, orphan.name, data)
    try:
        add_media(
            ingest,
            application,
            data,
            {},
            filename=None,
            owner=application.owner,
            identifier=orphan.media,
        )
    except DuplicateKeyError:
        files.remove(ingest.storage, copy.place)
        return False
    except BaseException:
        bring_back(ingest.storage, copy)
        raise
    files.remove(ingest.storage, copy.place)
    return True
