"""What segments need of a bucket (S3): list, read and write files, and create a name only once."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..errors import Misconfigured

AWAY = (Boto3Error, BotoCoreError, ClientError)
BATCH = 1000  # keys per delete: what S3 takes at most
CONNECT_S, READ_S = 5, 20  # to an answer, and between two blocks of one
ATTEMPTS = 2
# Four parts of 16 MB at a time fill a line of a gigabit, and no worker's memory feels it.
TRANSFER = TransferConfig(
    multipart_threshold=32 << 20, multipart_chunksize=16 << 20, max_concurrency=4
)
_PROBE = ".create-only"
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409")


class BucketError(OSError):
    """The bucket is away, refuses, or lacks what it should have; the message says which."""


@dataclass(frozen=True)
class Found:
    """An object: its name below the prefix, its age in seconds."""

    name: str
    age_s: float


class Bucket:
    """Objects below a prefix. Errors are BucketError."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        """`prefix`: empty, or a path without slashes around it."""
        self._client, self._bucket, self._prefix = client, bucket, f"{prefix}/" if prefix else ""
        self._creates_once = False

    @classmethod
    def of(cls, url: str, config: Mapping[str, Any]) -> "Bucket":
        """Of `s3://bucket/prefix`; the server and its keys are those of the files (`FS_S3_*`).

        What is not set there, boto3 looks for in the environment. ValueError for another URL.
        """
        parts = urlsplit(url)
        if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"{url!r} is not s3://<bucket>/<prefix>")
        client = boto3.client(
            "s3",
            endpoint_url=config.get("FS_S3_ENDPOINT"),
            region_name=config.get("FS_S3_REGION"),
            aws_access_key_id=config.get("FS_S3_ACCESS_KEY"),
            aws_secret_access_key=config.get("FS_S3_SECRET_KEY"),
            config=Config(
                signature_version="s3v4",
                connect_timeout=CONNECT_S,
                read_timeout=READ_S,
                retries={"total_max_attempts": ATTEMPTS},
            ),
        )
        return cls(client, parts.netloc, parts.path.strip("/"))

    @property
    def short_name(self) -> str:
        """Eight digits that tell it from other buckets and prefixes."""
        return f"{zlib.crc32(f'{self._bucket}/{self._prefix}'.encode()):08x}"

    def below(self, path: str) -> "Bucket":
        """The same bucket, below a longer prefix."""
        return Bucket(self._client, self._bucket, f"{self._prefix}{path}")

    def list(self, start: str = "") -> Iterator[Found]:
        """All objects whose names begin with `start`, sorted by name."""
        pages = self._client.get_paginator("list_objects_v2")
        now = datetime.now(UTC)
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix + start):
                for one in page.get("Contents", ()):
                    name = one["Key"].removeprefix(self._prefix)
                    yield Found(name, (now - one["LastModified"]).total_seconds())
        except AWAY as exc:
            raise BucketError(f"the bucket cannot be listed: {exc}") from exc

    def trouble(self) -> str | None:
        """Why it cannot be used from here, None where it can be listed."""
        try:
            next(self.list(), None)
        except BucketError as exc:
            return str(exc)
        return None

    def read(self, name: str) -> bytes:
        """All bytes of a small object."""
        try:
            content: bytes = self._client.get_object(**self._key(name))["Body"].read()
        except AWAY as exc:
            raise BucketError(f"{name} cannot be read: {exc}") from exc
        return content

    def write(self, name: str, content: bytes) -> None:
        """An object, in place of what there is."""
        try:
            self._client.put_object(**self._key(name), Body=content)
        except AWAY as exc:
            raise BucketError(f"{name} cannot be written: {exc}") from exc

    def download(self, name: str, path: Path) -> None:
        """An object into a file, in parts."""
        try:
            self._client.download_file(
                self._bucket, self._prefix + name, str(path), Config=TRANSFER
            )
        except AWAY as exc:
            raise BucketError(f"{name} cannot be read: {exc}") from exc

    def upload(self, path: Path, name: str) -> None:
        """A file into an object, in parts; it appears when all of it is there."""
        try:
            self._client.upload_file(str(path), self._bucket, self._prefix + name, Config=TRANSFER)
        except AWAY as exc:
            raise BucketError(f"{name} cannot be written: {exc}") from exc

    def create(self, name: str, content: bytes) -> None:
        """A new object; FileExistsError where there is one of this name.

        BucketError where the server does not know how to refuse that.
        """
        if not self._creates_once:
            self._put_new(_PROBE, b"")
            if self._put_new(_PROBE, b""):
                raise BucketError(
                    "the server overwrites what should be created once (If-None-Match)"
                )
            self._creates_once = True
        if not self._put_new(name, content):
            raise FileExistsError(f"there is already {name}")

    def remove(self, names: Iterable[str]) -> None:
        """Delete these; what is not there is fine."""
        keys = [{"Key": self._prefix + name} for name in names]
        try:
            for start in range(0, len(keys), BATCH):
                some = {"Objects": keys[start : start + BATCH], "Quiet": True}
                answer = self._client.delete_objects(Bucket=self._bucket, Delete=some)
                if refused := answer.get("Errors"):
                    raise BucketError(f"{len(refused)} objects stay: {refused[0].get('Code')}")
        except AWAY as exc:
            raise BucketError(f"objects cannot be deleted: {exc}") from exc

    def _put_new(self, name: str, content: bytes) -> bool:
        try:
            self._client.put_object(**self._key(name), Body=content, IfNoneMatch="*")
        except ClientError as exc:
            if str(exc.response.get("Error", {}).get("Code")) in _TAKEN:
                return False
            raise BucketError(f"{name} cannot be written: {exc}") from exc
        except AWAY as exc:
            raise BucketError(f"{name} cannot be written: {exc}") from exc
        return True

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}


def segment_bucket(config: Mapping[str, Any]) -> Bucket | None:
    """Where segments are kept for all machines, None: each makes its own; Misconfigured."""
    if (url := config["MEDIADB_SEGMENT_STORE"]) is None:
        return None
    try:
        return Bucket.of(str(url), config)
    except (ValueError, BotoCoreError) as exc:
        raise Misconfigured(f"MEDIADB_SEGMENT_STORE cannot be used: {exc}") from exc
