"""A folder of pictures is brought in: processor time of each, by process and by stage.

    python -m benchmarks.importing [--pictures DIR] [--count N] [--processes N …] [--signatures …]

What `flask mediadb import-folder` does, in this process and those that it starts, over a real
MongoDB: decoding, describing, writing in groups with the promise of durability, index segments.
The pictures have 0.8 megapixels: parts of the photographs of a folder, else drawn ones. The time
by the clock holds for a machine that does nothing else; processor time is little changed by others.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import mongoengine
import numpy as np
import psutil
from flask import Flask
from PIL import Image
from tqdm import tqdm

from tests.images import photo
from udata_mediadb.application.actions import create_application
from udata_mediadb.application.models import Application
from udata_mediadb.client.command.importing.journal import Journal
from udata_mediadb.client.command.importing.sources import Item
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.hosts import plain_accounts
from udata_mediadb.hosts.plain import principal_of
from udata_mediadb.imaging import decode, thumbnail
from udata_mediadb.imaging.embedded import read_facts
from udata_mediadb.imaging.opening import open_image
from udata_mediadb.indexing.versions import versions_of
from udata_mediadb.media.described import DECODE_SIDE_PX
from udata_mediadb.media.models import ACTIVE, Media
from udata_mediadb.operations.imports.doing import Importing
from udata_mediadb.operations.imports.folder import Folder
from udata_mediadb.operations.imports.pool import new_pool
from udata_mediadb.operations.imports.walking import files_of

from .listing import KEYRING, new_app
from .report import table, write

PIXELS = 800_000
BASES_MAX = 300
WANTED = 100_000
MAX_PIXELS = 80_000_000
SHA256, MEDIA = "0" * 64, "00000000-0000-0000-0000-000000000000"
STAGED = 60  # pictures whose stages are measured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, help="a folder of photographs; else drawn ones")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--signatures", nargs="+", default=["match", "similarity", "colors"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work, EmbeddedMongod(Path(work) / "db") as mongod:
        folder = Path(work) / "pictures"
        make_pictures(folder, options.pictures, options.count)
        app = new_app(mongod.uri, str(Path(work) / "files"))
        with app.app_context():
            paths = [found.path for found in files_of(folder)]
            stages = measured_stages(app, paths[:STAGED])
            journal_ms = measured_journal(Path(work), paths)
            rows = [
                imported(app, folder, number, options.signatures, mongod.pid)
                for number in options.processes
            ]
        mongoengine.disconnect_all()
    load = f"Load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."
    kind = "parts of photographs" if options.pictures else "drawn pictures"
    text = (
        f"{options.count} {kind} of 0.8 megapixels, {', '.join(options.signatures)}. {load}\n\n"
        f"{table(HEAD, rows)}\n\n"
        "“hours for 100,000 on 2 cores” is the processor time of all processes shared by two "
        "cores: reckoned, not run.\n\nThe stages of describing, milliseconds of processor, "
        f"medians:\n\n{table(['stage', 'ms'], stages)}\n\n"
        f"The journal of `mediadb import`: {journal_ms:.2f} ms of processor for each picture, "
        f"{100 * journal_ms / float(str(rows[-1][5])):.2f} % of what the picture costs the portal."
    )
    write("importing", "Bringing in a folder", text)


HEAD = [
    "describing processes",
    "pictures a second",
    "ms of processor a picture: describing",
    "storing, index segments",
    "MongoDB",
    "all",
    "hours for 100,000 on 2 cores",
]


def make_pictures(folder: Path, source: Path | None, count: int) -> None:
    """Each of other bytes: a part of a photograph, its colours a little changed."""
    folder.mkdir()
    random = np.random.default_rng(5)
    bases = [*_bases(source)] if source else []
    for number in tqdm(range(count), desc="Making", unit="picture", disable=None):
        if bases:
            image = _part(bases[number % len(bases)], random)
        else:
            image = Image.fromarray(photo(number, 1032, 775))
        image.save(folder / f"{number:06d}.jpg", quality=88)


def _bases(source: Path) -> Iterator[Image.Image]:
    found = 0
    for path in (one.path for one in files_of(source) if one.outcome is None):
        if found == BASES_MAX:
            return
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".webp"):
            continue
        with Image.open(path) as image:
            image.draft("RGB", (1600, 1600))
            base = image.convert("RGB")
        if base.width * base.height >= PIXELS:
            base.thumbnail((1600, 1600))
            found += 1
            yield base


def _part(base: Image.Image, random: np.random.Generator) -> Image.Image:
    share = random.uniform(0.7, 1.0)
    width, height = round(base.width * share), round(base.height * share)
    left = int(random.integers(0, base.width - width + 1))
    top = int(random.integers(0, base.height - height + 1))
    scale = (PIXELS / (width * height)) ** 0.5
    return base.resize(
        (round(width * scale), round(height * scale)),
        Image.Resampling.BICUBIC,
        (left, top, left + width, top + height),
    )


def measured_stages(app: Flask, paths: list[Path]) -> list[tuple[str, str]]:
    """Name and median of each stage, one picture after the other in this process."""
    signatures = app.extensions["mediadb"].catalogs.registry
    taken: dict[str, list[float]] = {}
    for path in paths:
        data, watch = path.read_bytes(), Watch(taken)
        picture = decode(data, max_pixels=MAX_PIXELS, side=DECODE_SIDE_PX, about=True)
        watch.ended("decode")
        read_facts(open_image(data, max_pixels=MAX_PIXELS))
        watch.ended("what the file says")
        for name in ("match", "similarity", "colors"):
            signature = signatures[name].signature
            signature.dumps(signature.describe(picture))
            watch.ended(name)
        thumbnail(picture, side=320)
        watch.ended("thumbnail")
    return [(name, f"{statistics.median(each):.1f}") for name, each in taken.items()]


def measured_journal(work: Path, paths: list[Path]) -> float:
    """Milliseconds of processor for each picture that the client's journal takes."""
    items = [Item(str(path), lambda: b"", stamp="1 2") for path in paths]
    with Journal(work / "journal.jsonl", "https://example.org") as journal:
        start = time.process_time()
        for item in items:
            assert not journal.has(item)
            assert journal.done_with(item.path, SHA256) is None
            assert not journal.is_forgotten(item.path)
            journal.sending(item.path, SHA256)
            journal.key(item.path, SHA256)
            journal.ended(item, SHA256, MEDIA, "added")
        return (time.process_time() - start) * 1000 / len(items)


class Watch:
    """Adds to each stage the milliseconds of processor since the end of the one before."""

    def __init__(self, taken: dict[str, list[float]]) -> None:
        self._taken, self._since = taken, time.process_time()

    def ended(self, stage: str) -> None:
        now = time.process_time()
        self._taken.setdefault(stage, []).append((now - self._since) * 1000)
        self._since = now


def imported(
    app: Flask, folder: Path, processes: int, signatures: list[str], mongod: int
) -> tuple[object, ...]:
    """A row of the table: all of the folder into a new application."""
    owner = plain_accounts.create_user(f"bench{processes}", f"bench{processes}@example.org")
    versions = versions_of(app.extensions["mediadb"].catalogs.registry)
    application: Application = create_application(
        {"name": f"Bench {processes}", "signatures": signatures},
        principal_of(owner),
        versions=versions,
        keyring=KEYRING,
    )
    files, importing = files_of(folder), Importing(application, owner.id, earlier="skipped")
    database, before = psutil.Process(mongod), _used()
    of_database, start = _seconds(database), time.perf_counter()
    with new_pool(len(files), processes) as pool:
        brought = Folder(importing, folder, 1 << 25).bring_in(files, pool)
        bar = tqdm(total=len(files), desc=f"{processes} processes", unit="picture", disable=None)
        for group in brought:
            assert all(outcome.outcome == "added" for _, outcome in group), group
            bar.update(len(group))
    took = time.perf_counter() - start
    own, describing = (after - one for after, one in zip(_used(), before, strict=True))
    assert Media.objects(application=application.id, state=ACTIVE).count() == len(files)
    spent = (describing, own, _seconds(database) - of_database)
    each = [one * 1000 / len(files) for one in (*spent, sum(spent))]
    hours = each[-1] / 1000 * WANTED / 2 / 3600
    cells = (f"{len(files) / took:.1f}", *(f"{one:.1f}" for one in each), f"{hours:.2f}")
    return processes, *cells


def _used() -> tuple[float, float]:
    """Seconds of processor: of this process, and of those that it started and that have ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return tuple(one.ru_utime + one.ru_stime for one in both)  # type: ignore[return-value]


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
