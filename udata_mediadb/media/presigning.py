"""Links into the bucket, for those who may see a file: MEDIADB_FILES_REDIRECT.

Signed with the keys of the files, as of Signature Version 4; nothing is asked of the server.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import flask_storage
from boto3.session import Config
from flask import Flask, current_app
from flask_storage.backends.s3 import S3Backend

from ..errors import Misconfigured
from . import object_files
from .files import object_key

SETTING = "MEDIADB_FILES_REDIRECT"


class Presigner:
    """Of one storage; `endpoint`: where browsers reach it, None: where the portal does.

    `origin`: where its links lead, as a Content-Security-Policy names it.
    """

    def __init__(self, storage: flask_storage.Storage, endpoint: str | None) -> None:
        backend = storage.backend
        self._storage = storage
        self._bucket = backend.bucket.name
        self._client = backend.session.client(
            "s3",
            config=Config(signature_version="s3v4"),
            endpoint_url=endpoint or backend.config.endpoint,
            region_name=backend.config.region,
            aws_access_key_id=backend.config.access_key,
            aws_secret_access_key=backend.config.secret_key,
        )
        told = urlsplit(self.link("any", 1, {}))
        self.origin = f"{told.scheme}://{told.netloc}"

    def link(self, name: str, life_s: int, answered: Mapping[str, str]) -> str:
        """See `object_files.link`."""
        key = object_key(self._storage, name)
        return object_files.link(self._client, self._bucket, key, life_s, answered)


def new_presigner(app: Flask, storage: flask_storage.Storage) -> Presigner | None:
    """What the setting asks for, None: files are answered by the portal. Misconfigured."""
    asked = app.config[SETTING]
    if asked in (False, None):
        return None
    if not isinstance(storage.backend, S3Backend):
        app.logger.warning("%s does nothing: files are not in a bucket.", SETTING)
        return None
    if asked is True:
        return Presigner(storage, None)
    if not isinstance(asked, str) or urlsplit(asked).scheme not in ("http", "https"):
        raise Misconfigured(f"{SETTING} is True, False, or the http(s) address of the server.")
    return Presigner(storage, asked)


def current_presigner() -> Presigner | None:
    """Of the current app."""
    found: Presigner | None = current_app.extensions["mediadb"].presigner
    return found
