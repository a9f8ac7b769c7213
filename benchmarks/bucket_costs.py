"""What files and segments in a bucket cost: requests and bytes, counted where they are sent.

    python -m benchmarks.bucket_costs --pictures 1000

A portal in this process, files and segments in SeaweedFS. Pictures are uploaded; a part of them is
seen once as thumbnail and once as picture; a part is purged. What is said of a million is computed
from that.
"""

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from botocore.httpsession import URLLib3Session

from tests.images import encoded, photo
from tests.portal_here import portal_here
from tests.s3 import running_s3
from udata_mediadb.demo.mongod import EmbeddedMongod

SEEN, PURGED, SEARCH_EVERY = 100, 50, 50
SIDES = (1600, 1200)
SEGMENTS = "/.segments/"


class Sent:
    """Requests and bytes by phase, by what they are for, and by kind."""

    def __init__(self) -> None:
        self.phase = ""
        self.requests: Counter[tuple[str, str, str]] = Counter()
        self.bytes: Counter[tuple[str, str, str]] = Counter()

    def note(self, request: Any, answer: Any) -> None:
        kind = request.method
        if kind == "GET" and "list-type=" in request.url:
            kind = "LIST"
        of = "segments" if SEGMENTS in request.url.replace("%2F", "/") else "files"
        told = int(answer.headers.get("Content-Length") or 0) if kind in ("GET", "LIST") else 0
        body = request.body
        size = len(body) if isinstance(body, bytes | bytearray) else _size(request)
        self.requests[self.phase, of, kind] += 1
        self.bytes[self.phase, of, kind] += size + told


def _size(request: Any) -> int:
    headers = request.headers
    told = headers.get("X-Amz-Decoded-Content-Length") or headers.get("Content-Length") or 0
    return int(told)


@contextmanager
def counted(sent: Sent) -> Iterator[None]:
    """All that botocore sends in this process."""
    send = URLLib3Session.send

    def noting(session: Any, request: Any) -> Any:
        answer = send(session, request)
        sent.note(request, answer)
        return answer

    URLLib3Session.send = noting
    try:
        yield
    finally:
        URLLib3Session.send = send


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60, help="uploads end then")
    asked = parser.parse_args()
    sent = Sent()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with EmbeddedMongod(folder / "db") as mongod, running_s3(folder / "s3") as s3:
            settings = {**s3.settings, "MEDIADB_SEGMENT_STORE": "s3://pictures/.segments"}
            uri = f"{mongod.uri.rstrip('/')}/costs"
            with portal_here(uri, folder / "files", **settings) as here, counted(sent):
                sent.phase = "uploads"
                media, sizes = _uploaded(here, asked.pictures, asked.minutes)
                sent.phase = "seen once, as thumbnail and picture"
                for one in media[:SEEN]:
                    for kind in ("thumbnail", "media"):
                        assert here.get(f"media/{one}/files/{kind}/").status_code == 200
                sent.phase = "purged"
                for one in media[-PURGED:]:
                    assert here.delete(f"media/{one}/?force=true").status_code == 204
            _report(sent, len(media), sizes, _kept(s3))


def _uploaded(here: Any, count: int, minutes: float) -> tuple[list[str], int]:
    """Ids, and the bytes of what was uploaded; a search now and then has segments written."""
    end, media, size = time.monotonic() + 60 * minutes, [], 0
    for seed in range(count):
        if time.monotonic() > end:
            break
        picture = encoded(photo(seed, *SIDES))
        size += len(picture)
        media.append(here.add(picture)["id"])
        if seed % SEARCH_EVERY == 0:
            query = {"image": (BytesIO(picture), "a.jpg"), "thorough": "never"}
            assert here.post("search/", data=query).status_code == 200
    return media, size


def _kept(s3: Any) -> Counter[str]:
    kept: Counter[str] = Counter()
    for page in s3.client.get_paginator("list_objects_v2").paginate(Bucket="pictures"):
        for one in page.get("Contents", ()):
            of = "segments" if one["Key"].startswith(".segments/") else "files"
            kept[of] += one["Size"]
            kept[f"objects of {of}"] += 1
    return kept


def _report(sent: Sent, media: int, size: int, kept: Counter[str]) -> None:
    print(
        f"{media} media of {size / media / 1000:.0f} KB; kept after {PURGED} purged: {dict(kept)}"
    )
    per = {"uploads": media, "purged": PURGED}
    for (phase, of, kind), requests in sorted(sent.requests.items()):
        count = per.get(phase, SEEN)
        print(f"{phase}, {of}, {kind}: {requests} requests, {requests / count:.2f} each; "
              f"{sent.bytes[phase, of, kind] / count / 1000:.1f} KB each")  # fmt: skip


if __name__ == "__main__":
    main()
