"""A library of more media than one would upload: light documents, copies of a real one's."""

from copy import deepcopy
from uuid import uuid4

from udata_mediadb.media.models import ACTIVE, Media


def add_copies(media: str, count: int, state: str = ACTIVE, **fields: object) -> list[str]:
    """So many more of it, without files and descriptions; their ids."""
    documents = Media._get_collection()
    model = documents.find_one({"_id": media})
    copies = [deepcopy(model) for _ in range(count)]
    for one in copies:
        one.update(_id=str(uuid4()), state=state, **fields)
        one.pop("first", None)
    documents.insert_many(copies)
    return [one["_id"] for one in copies]
