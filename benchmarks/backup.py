"""How long backups take, the first and one with nothing new: `python -m benchmarks.backup`.

Media, descriptions and files are made up (45 KB a description, 20 KB a file, three signatures).
"""

import argparse
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path
from uuid import uuid4

import mongoengine

from tests.hosts import current_host
from tests.portal_here import new_application
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media import files
from udata_mediadb.media.models import ACTIVE, Media
from udata_mediadb.operations.backup import saving
from udata_mediadb.operations.backup.objects import Objects
from udata_mediadb.operations.backup.places import Folder

SIGNATURES = {"match@made-up": 45_000, "similarity@made-up": 600, "colors@made-up": 200}
FILE_BYTES = {"original": 20_000, "thumbnail": 5_000}
AT_ONCE = 200


def fill(application: str, storage: object, count: int) -> None:
    for start in range(0, count, AT_ONCE):
        media = [str(uuid4()) for _ in range(min(AT_ONCE, count - start))]
        Media.objects.insert(
            [
                Media(
                    id=one, application=application, state=ACTIVE, name=one, md5="0",
                    sha256=secrets.token_hex(32), size=1, width=320, height=320, format="jpeg",
                )
                for one in media
            ]
        )  # fmt: skip
        StoredSignature.objects.insert(
            [
                StoredSignature(
                    id=f"{one}/{key}", application=application, media=one, signature=key,
                    data=os.urandom(size),
                )
                for one in media
                for key, size in SIGNATURES.items()
            ]
        )  # fmt: skip
        for one in media:
            for kind, size in FILE_BYTES.items():
                name = files.key(application, one, kind)  # type: ignore[arg-type]
                path = files._path(storage, name)  # type: ignore[arg-type]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(os.urandom(size))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--media", type=int, default=10_000)
    count = parser.parse_args().media
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedMongod(Path(folder) / "db") as mongod,
    ):
        mongoengine.disconnect_all()
        uri = f"{mongod.uri.rstrip('/')}/backup"
        app = current_host().new_app(uri, Path(folder) / "files")
        with app.app_context():
            storage = app.extensions["mediadb"].storage
            user = current_host().create_user("ada", "ada@example.org")
            fill(new_application(app, user), storage, count)
            for title in ("first", "nothing new", "nothing new"):
                begun, cpu = time.monotonic(), time.process_time()
                objects = Objects.open(Folder(Path(folder) / "backup"), None, new=True)
                saved = saving.save(objects, storage)
                print(
                    f"{title}: {saved.documents['mediadb_media'].count} media in "
                    f"{time.monotonic() - begun:.1f} s, {time.process_time() - cpu:.1f} s of "
                    "processor time of this process"
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
