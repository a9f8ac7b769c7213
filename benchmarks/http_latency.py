"""Whole HTTP requests: storing and searching, from the client's first byte to the answer's last.

    python -m benchmarks.http_latency [--stored N] [--queries N] [--data DIR]

A real portal (gunicorn, one worker, one thread for OpenBLAS) on a real MongoDB; the client opens a
connection per request. The pictures are photographs of the shared data, stored in turn; queries
are crops of them, re-compressed.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from itertools import cycle, islice
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from tests.portal import Client, running_portal
from udata_mediadb.demo.mongod import EmbeddedMongod

from .report import table, write

DATA = Path(__file__).parents[2] / "shared" / "data"
MEGAPIXEL = (1152, 864)
SIZES = {"1 megapixel": MEGAPIXEL, "12 megapixels": (4000, 3000)}
TIMED_STORES = 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=2000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    files = sorted(options.data.glob("photos/*/*")) + sorted(options.data.glob("caltech/*/*"))
    with tempfile.TemporaryDirectory() as folder, EmbeddedMongod(Path(folder) / "db") as mongod:
        uri = f"{mongod.uri.rstrip('/')}/bench"
        with running_portal(uri, Path(folder) / "files", workers=1) as portal:
            user = portal.user("bench@example.org")
            client, application = portal.client(user), portal.application(user)
            rows = [store_row(client, application, files, size) for size in SIZES]
            fill(client, application, files, options.stored)
            rows.append(search_row(client, application, files, options))
    head = ["request", "requests", "median ms", "p95 ms"]
    write("http_latency", "Latency of whole HTTP requests", table(head, rows))


def store_row(client: Client, application: str, files: list[Path], size: str) -> list[object]:
    bodies = [enlarged(path, SIZES[size]) for path in files[:TIMED_STORES]]
    times = [timed(client, "media/", application, body) for body in bodies]
    return [f"store, JPEG of {size}", *figures(times)]


def fill(client: Client, application: str, files: list[Path], count: int) -> None:
    for path in tqdm(list(islice(cycle(files), count)), desc="Storing", unit="media"):
        client.add(application, path.read_bytes())


def search_row(
    client: Client, application: str, files: list[Path], options: argparse.Namespace
) -> list[object]:
    queries = list(crops(files[:: max(1, len(files) // options.queries)]))[: options.queries]
    timed(client, "search/", application, queries[0])  # the first one loads the index
    times = [timed(client, "search/", application, body) for body in queries]
    return [f"search, crop of 1 megapixel, {options.stored} stored", *figures(times)]


def crops(files: list[Path]) -> Iterator[bytes]:
    for path in files:
        with Image.open(path) as picture:
            width, height = picture.size
            box = (width // 5, height // 5, width, height)
            yield jpeg(picture.convert("RGB").crop(box).resize(MEGAPIXEL))


def enlarged(path: Path, size: tuple[int, int]) -> bytes:
    with Image.open(path) as picture:
        return jpeg(picture.convert("RGB").resize(size))


def jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


def timed(client: Client, path: str, application: str, image: bytes) -> float:
    start = time.perf_counter()
    answer = client.post(path, data={"application": application}, files={"image": image})
    taken = time.perf_counter() - start
    answer.raise_for_status()
    return taken * 1000


def figures(times: list[float]) -> list[object]:
    p95 = statistics.quantiles(times, n=20)[-1]
    return [len(times), f"{statistics.median(times):.0f}", f"{p95:.0f}"]


if __name__ == "__main__":
    main()
