"""Whole HTTP requests: storing and searching, from the client's first byte to the answer's last.

    python -m benchmarks.http_latency [--stored N] [--queries N] [--data DIR] [--work DIR]

A real portal (gunicorn, one worker, one thread for OpenBLAS) on a real MongoDB; the client opens a
connection per request. All pictures of the shared data are stored, each once; where they are too
few, as many as needed are stored as their two halves instead. Queries are crops of them, enlarged
to a megapixel and re-compressed, asked when no segment is being written any more. Their parts are
measured in this process, on the same database and segments. What is stored in `--work` is used
again.

Pictures that are left out are asked for as well. Those with no hit are the searches that find
nothing, which look closer: each is asked again, in turn, as a plain search (`thorough=never`).
"""

import argparse
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import cv2
import psutil
from PIL import Image
from tqdm import tqdm

from tests.hosts import Account
from tests.portal import Client, Portal, running_portal
from udata_mediadb.application.models import Application
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.imaging import decode
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.media.described import DECODE_SIDE_PX
from udata_mediadb.media.models import Media
from udata_mediadb.recognition.verification import DEPTH, verified
from udata_mediadb.search.actions import stored_descriptions

from .report import table, write

DATA = Path(__file__).parents[2] / "shared" / "data"
MEGAPIXEL = (1152, 864)
SIZES = {"1 megapixel": MEGAPIXEL, "12 megapixels": (4000, 3000)}
TIMED_STORES = 40
LEFT_OUT = 40
SIGNATURES = (["similarity"], ["colors"], ["match", "similarity", "colors"])
FILLED = "Distinct pictures"
CANDIDATES = 20  # the default of MEDIADB_SEARCH_CANDIDATES
IDLE_S = 3.0  # upkeep is idle when nothing has been due for so long
WHOLE, LEFT, RIGHT = (0.0, 1.0), (0.0, 0.5), (0.5, 1.0)
T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """A picture, or the part of it between two fractions of its width."""

    path: Path
    part: tuple[float, float]

    def picture(self) -> Image.Image:
        with Image.open(self.path) as opened:
            whole = opened.convert("RGB")
        left, right = (round(whole.width * share) for share in self.part)
        return whole.crop((left, 0, right, whole.height))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, default=2000)
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--work", type=Path, help="keep the database here")
    parser.add_argument("--as-is", action="store_true", help="store no more than --work has")
    options = parser.parse_args()
    sources, others = without_some(distinct_sources(options.data, options.stored + LEFT_OUT))
    queried = sources[:: max(1, len(sources) // options.queries)]
    asked = [crop(source) for source in queried]
    enlarged = [crop(source, SIZES["12 megapixels"]) for source in queried]
    with ExitStack() as stack:
        work = options.work or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mongod = stack.enter_context(EmbeddedMongod(work / "db"))
        uri = f"{mongod.uri.rstrip('/')}/bench"
        with running_portal(uri, work / "files", workers=1) as portal:
            user = portal.user(f"bench{time.time_ns()}@example.org", admin=True)
            client, stores = portal.client(user), portal.application(user, "Stores")
            rows = [store_row(portal, client, stores, sources, size) for size in SIZES]
            for few in SIGNATURES:
                described = portal.application(user, "Stores", signatures=few)
                row = store_row(portal, client, described, sources, next(iter(SIZES)))
                rows.append([f"{row[0]}, {' + '.join(few)}", *row[1:]])
            application = filled(portal, client, user, () if options.as_is else sources)
            count = Media.objects(application=application).count()
            wait_until_idle(portal, client, application, asked[0])
            for size, bodies in (("1 megapixel", asked), ("12 megapixels", enlarged)):
                what = f"search, crop of {size}, {count} stored"
                rows.append([what, *requested(portal, client, "search/", application, bodies)])
            closer, ratio = looked_closer(portal, client, application, [crop(s) for s in others])
            rows += closer
            parts = measured_parts(portal, application, asked)
    head = ["what", "times", "median ms", "p95 ms", "processor ms"]
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    requests = table(["request", *head[1:]], rows)
    write(
        "http_latency",
        "Latency of whole HTTP requests",
        f"{load}\n\n{requests}\n\nProcessor time is that of the worker, the mean of a request: "
        "beside other work of the machine it is what can be compared. A search that finds nothing "
        f"takes {ratio:.1f} times the processor time of the same search without a closer look.\n\n"
        f"Parts of a search; time of one thread:\n\n{table(head, parts)}",
    )


def distinct_sources(data: Path, count: int) -> list[Source]:
    """`count` pictures of which no two show the same."""
    views = data.glob("views/*/*_01.jpg")
    files = [*data.glob("photos/*/*"), *data.glob("caltech/*/*"), *views]
    files += [p for folder in ("stamps", "flags") for p in (data / folder).rglob("*.*")]
    files.sort()
    halved = max(0, count - len(files))
    if halved > len(files):
        raise ValueError(f"{len(files)} pictures and their halves are fewer than {count}")
    halves = [Source(path, part) for path in files[:halved] for part in (LEFT, RIGHT)]
    return [*halves, *(Source(path, WHOLE) for path in files[halved:])][:count]


def without_some(sources: Sequence[Source]) -> tuple[list[Source], list[Source]]:
    """Those to store, and `LEFT_OUT` whole ones of all kinds that are not."""
    wholes = [one for one in sources if one.part == WHOLE]
    others = wholes[:: max(1, len(wholes) // LEFT_OUT)][:LEFT_OUT]
    return [one for one in sources if one not in others], others


def store_row(
    portal: Portal, client: Client, application: str, sources: Sequence[Source], size: str
) -> list[object]:
    bodies = [jpeg(s.picture().resize(SIZES[size])) for s in sources[: TIMED_STORES + 1]]
    timed(client, "media/", application, bodies.pop())  # a worker loads its models once
    what = f"store, JPEG of {size}"
    return [what, *requested(portal, client, "media/", application, bodies)]


def requested(
    portal: Portal, client: Client, path: str, application: str, bodies: Sequence[bytes]
) -> list[object]:
    """How long one request with each of these takes, and the worker's processor time of one."""
    workers = psutil.Process(portal.process.pid).children()
    before = processor_s(workers)
    times = [timed(client, path, application, body) for body in bodies]
    return [*figures(times), f"{(processor_s(workers) - before) * 1000 / len(bodies):.0f}"]


def looked_closer(
    portal: Portal, client: Client, application: str, bodies: Sequence[bytes]
) -> tuple[list[list[object]], float]:
    """A row for searches that find nothing, one for the same without a closer look; the ratio."""
    workers = psutil.Process(portal.process.pid).children()
    spent: dict[str, list[tuple[float, float]]] = {"auto": [], "never": []}
    for body in bodies:
        if asked_for(client, application, body)["total"]:
            continue
        for thorough, times in spent.items():
            before, start = processor_s(workers), time.perf_counter()
            asked_for(client, application, body, thorough=thorough)
            taken = time.perf_counter() - start
            times.append((taken * 1000, (processor_s(workers) - before) * 1000))
    names = {"auto": "search that finds nothing", "never": "the same, thorough=never"}
    means = {how: statistics.mean(cpu for _, cpu in times) for how, times in spent.items()}
    rows = [
        [names[how], *figures([wall for wall, _ in times]), f"{means[how]:.0f}"]
        for how, times in spent.items()
    ]
    return rows, means["auto"] / means["never"]


def asked_for(client: Client, application: str, body: bytes, **more: str) -> dict[str, Any]:
    """The answer of a search; no worker has seen these bytes before."""
    files = {"image": commented(body)}
    answer = client.post("search/", data={"application": application, **more}, files=files)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def commented(jpeg: bytes) -> bytes:
    """The same JPEG with a comment that no other one has."""
    comment = uuid4().bytes
    return b"".join((jpeg[:2], b"\xff\xfe", (len(comment) + 2).to_bytes(2), comment, jpeg[2:]))


def processor_s(workers: Sequence[psutil.Process]) -> float:
    return sum(sum(worker.cpu_times()[:2]) for worker in workers)


def filled(portal: Portal, client: Client, user: Account, sources: Sequence[Source]) -> str:
    """The application that has all of them."""
    with portal.app.app_context():
        found = Application.objects(name=FILLED).first()
        there = Media.objects(application=found.id).count() if found else 0
    application = found.id if found else portal.application(user, FILLED)
    for source in tqdm(sources[there:], desc="Storing", unit="media"):
        client.add(application, jpeg(source.picture()))
    return application


def wait_until_idle(portal: Portal, client: Client, application: str, query: bytes) -> None:
    """Ask until no worker has written a segment, and none was due, for a while."""
    state = None
    since = time.monotonic()
    while time.monotonic() - since < IDLE_S:
        timed(client, "search/", application, query)  # a search begins what is due
        catalog = catalog_of(portal, application)
        with portal.app.app_context():
            catalog.catch_up()
        now = (catalog.is_due, catalog.status()["generation"])
        if catalog.is_due or now != state:
            state, since = now, time.monotonic()
        time.sleep(0.2)


def catalog_of(portal: Portal, application: str) -> Catalog:
    return portal.app.extensions["mediadb"].catalogs.get(application, "match").catalog


def measured_parts(portal: Portal, application: str, asked: Sequence[bytes]) -> list[list[object]]:
    """A row per part of the searches."""
    cv2.setNumThreads(1)
    catalog = catalog_of(portal, application)
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def measure(part: str, work: Callable[[], T]) -> T:
        wall, processor = time.perf_counter(), time.process_time()
        done = work()
        spent = (time.perf_counter() - wall, time.process_time() - processor)
        times[part].append((spent[0] * 1000, spent[1] * 1000))
        return done

    with portal.app.app_context():
        for body in asked:
            one_search(catalog, body, measure)
    return [
        [
            part,
            *figures([wall for wall, _ in spent]),
            f"{statistics.median(p for _, p in spent):.0f}",
        ]
        for part, spent in times.items()
    ]


def one_search(catalog: Catalog, body: bytes, measure: Callable[[str, Any], Any]) -> None:
    signature = catalog.signature
    picture = measure(
        "decode", lambda: decode(body, max_pixels=50_000_000, side=DECODE_SIDE_PX, about=True)
    )
    query = measure("describe", lambda: signature.describe(picture))
    ranked = measure("shortlist", lambda: catalog.shortlist(query, CANDIDATES * DEPTH))
    first = [media for media, _ in ranked[:CANDIDATES]]
    measure("load, 20 descriptions", lambda: list(stored_descriptions(signature, first)))
    measure(
        "load and verify",
        lambda: list(verified(signature, query, ranked, CANDIDATES, load=stored_descriptions)),
    )


def crop(source: Source, size: tuple[int, int] = MEGAPIXEL) -> bytes:
    picture = source.picture()
    width, height = picture.size
    return jpeg(picture.crop((width // 5, height // 5, width, height)).resize(size))


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


def figures(times: Sequence[float]) -> list[object]:
    p95 = statistics.quantiles(times, n=20)[-1]
    return [len(times), f"{statistics.median(times):.0f}", f"{p95:.0f}"]


if __name__ == "__main__":
    main()
