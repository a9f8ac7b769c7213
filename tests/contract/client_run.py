"""Run with the generated client: uploads, lists, searches and deletes. Prints what it saw as JSON.

python client_run.py FOLDER URL KEY APPLICATION PICTURE
"""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

folder, url, key, application, picture = sys.argv[1:]
sys.path.insert(0, folder)


def call(name: str, **arguments: Any) -> Any:
    module = importlib.import_module(f"generated.api.mediadb.{name}")
    return module.sync_detailed(client=client, **arguments)


def model(name: str) -> Any:
    return getattr(importlib.import_module("generated.models"), name)


generated = importlib.import_module("generated")
types = importlib.import_module("generated.types")
client = generated.AuthenticatedClient(
    base_url=url, token=key, prefix="", auth_header_name="X-API-KEY"
)


def file() -> Any:
    path = Path(picture)
    return types.File(payload=path.open("rb"), file_name=path.name, mime_type="image/jpeg")


seen: dict[str, Any] = {}
form = model("CreateMediadbMediaFilesBody")(
    image=file(), application=application, name="A bridge", keywords=["bridge", "river, wide"]
)
form.metadata = model("CreateMediadbMediaFilesBodyMetadata").from_dict({"year": 1903})
created = call("create_mediadb_media", body=form)
media = created.parsed
seen["created"] = [created.status_code, media.name, media.keywords, media.metadata.to_dict()]

listed = call("list_mediadb_media", application=application, keyword=["bridge"]).parsed
seen["listed"] = [listed.total, listed.data[0].id == media.id]

query = model("SearchMediadbFilesBody")(image=file(), application=application)
hits = call("search_mediadb", body=query).parsed
seen["found"] = [hit.media.id == media.id for hit in hits.data]

changes = model("UpdateMediadbMediaBody")(name="Another")
seen["changed"] = call("update_mediadb_media", media=media.id, body=changes).parsed.name
seen["deleted"] = call("delete_mediadb_media", media=media.id).status_code
gone = call("get_mediadb_media", media=media.id)
seen["gone"] = [gone.status_code, gone.parsed.error]
print(json.dumps(seen))
