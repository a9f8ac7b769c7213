"""A scan for duplicates: how long, how many planted copies are found, what is wrongly to be merged.

    python -m benchmarks.duplicates FOLDER… --planted 400 --made-up 8000

Stores every picture below the folders and a copy of some of them, each under one seeded attack.
Made-up media beyond are descriptions alone: strangers that the scan compares as well.
"""

import argparse
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from tests.images import encoded
from tests.portal_here import PortalHere, portal_here
from udata_mediadb.application.models import Application
from udata_mediadb.demo.mongod import EmbeddedMongod
from udata_mediadb.indexing.current import current_catalogs
from udata_mediadb.jobs.workers import current_jobs
from udata_mediadb.media.ingest import add_media
from udata_mediadb.media.models import Media
from udata_mediadb.search.duplicates.deciding import members_of, suggestion
from udata_mediadb.search.duplicates.models import DuplicateGroup, DuplicatePair
from udata_mediadb.search.duplicates.pairs import pairs_among
from udata_mediadb.search.duplicates.scanning import check_media

from .attacks import attacked
from .portal_filling import fill
from .report import table, write

COPIES = ("jpeg_50", "jpeg_20", "webp_30", "resize_50", "resize_150", "greyscale", "bright")
EDITS = ("caption", "watermark", "crop_80", "crop_50", "border_10")
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
CHECKED = 50


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--planted", type=int, default=400)
    parser.add_argument("--made-up", type=int, default=0)
    asked = parser.parse_args()
    paths = [p for one in asked.folders for p in sorted(one.rglob("*")) if p.suffix in SUFFIXES]
    with TemporaryDirectory() as folder, EmbeddedMongod(Path(folder) / "mongod") as mongod:
        settings: dict[str, Any] = {"MEDIADB_JOBS_IN_WEB": False}
        with portal_here(f"{mongod.uri}bench", Path(folder) / "files", **settings) as here:
            planted = store(here, paths, asked.planted)
            if asked.made_up:
                fill(here.app, here.application, [], len(paths) + len(planted) + asked.made_up)
            report(here, paths, planted)


def store(here: PortalHere, paths: list[Path], count: int) -> dict[str, tuple[str, str]]:
    """Store all and the copies; of each copy by its id, the original's and the attack."""
    random = np.random.default_rng(7)
    chosen = set(random.choice(len(paths), min(count, len(paths)), replace=False).tolist())
    planted = {}
    with here.app.app_context():
        application = Application.objects.get(id=here.application)
        for number, path in enumerate(tqdm(paths, desc="Storing", mininterval=10)):
            original = add(here, application, path.read_bytes(), str(path))
            if number in chosen:
                name = (*COPIES, *EDITS)[len(planted) % (len(COPIES) + len(EDITS))]
                pixels = np.asarray(Image.open(path).convert("RGB"))
                copy = encoded(attacked(pixels, name, str(path))[0], quality=90)
                planted[add(here, application, copy, f"{path}~{name}")] = original, name
    return planted


def add(here: PortalHere, application: Application, data: bytes, name: str) -> str:
    media = add_media(here.ingest, application, data, {"name": name}, filename=name, owner=None)
    return str(media.id)


def report(here: PortalHere, paths: list[Path], planted: dict[str, tuple[str, str]]) -> None:
    with here.app.app_context():
        application = Application.objects.get(id=here.application)
        current_catalogs().get(application.id, "match").catalog.catch_up()
    began, wall = time.process_time(), time.monotonic()
    answer = here.post("duplicates/scan/", json={"application": here.application})
    with here.app.app_context():
        current_jobs().run_free()
        took, waited = time.process_time() - began, time.monotonic() - wall
        job = here.get(f"jobs/{answer.json['id']}/").json
        one = checking(application)
        wrong, merges = merges_of(planted)
        found = found_of(planted)
    total = job["done"]
    rows = [
        ["media", total],
        ["of them made up", total - len(paths) - len(planted)],
        ["processor time for each, ms", f"{1000 * took / total:.1f}"],
        ["wall time for each, ms", f"{1000 * waited / total:.1f}"],
        ["so 100,000 on one core, h", f"{100_000 * took / total / 3600:.2f}"],
        ["one media that comes, processor time, ms", f"{one:.1f}"],
        ["groups", job["result"]["groups"]],
        ["groups that are suggested for merging", merges],
        ["of them with different pictures", len(wrong)],
    ]
    by_attack = [[name, f"{right} of {of}"] for name, (right, of) in sorted(found.items())]
    copies = [found[name] for name in COPIES if name in found]
    share = sum(right for right, _ in copies) / max(1, sum(of for _, of in copies))
    text = table(["", ""], rows) + f"\n\nCopies found: {share:.3f}.\n\n"
    text += table(["planted", "found in a group with its original"], by_attack)
    if wrong:
        text += "\n\nTo be merged with another name:\n\n" + "\n".join(f"* {one}" for one in wrong)
    write("duplicates", "A scan for duplicates", text)


def checking(application: Application) -> float:
    """Milliseconds of processor for the check of one media."""
    media = list(Media.objects(application=application.id, filename__exists=True).limit(CHECKED))
    began = time.process_time()
    for one in media:
        check_media(application, one)
    return 1000 * (time.process_time() - began) / len(media)


def merges_of(planted: dict[str, tuple[str, str]]) -> tuple[list[str], int]:
    """Merges that are suggested between different originals, and how many are in all."""
    wrong, count = [], 0
    for group in DuplicateGroup.objects(state="open"):
        media = members_of(group)
        if suggestion(group, media, pairs_among(group.media))["action"] != "merge":
            continue
        count += 1
        originals = {planted.get(one.id, (one.id, ""))[0] for one in media}
        if len(originals) > 1:
            names = sorted(Path(one.name).name for one in media)
            wrong.append(f"{group.kind}: {', '.join(names)}")
    return wrong, count


def found_of(planted: dict[str, tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """By attack, how many copies are in a group with their original, of how many."""
    found: dict[str, list[bool]] = defaultdict(list)
    for copy, (original, name) in planted.items():
        pair = DuplicatePair.objects(id="/".join(sorted((copy, original)))).first()
        group = DuplicateGroup.objects(state="open", media__all=[copy, original]).first()
        found[name].append(pair is not None or group is not None)
        if not found[name][-1]:
            print("not found:", Media.objects(id=copy).first().name)
    return {name: (sum(one), len(one)) for name, one in found.items()}


if __name__ == "__main__":
    main()
