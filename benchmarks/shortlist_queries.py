"""Real pictures to store and to ask for, described once and kept in a folder."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

import cv2
import numpy as np

from udata_mediadb.imaging import Picture, decode
from udata_mediadb.recognition.match.description import MatchDescription, dumps, loads
from udata_mediadb.recognition.match.features import describe

from .attacks import BY_NAME, CLASS_OF, Pixels, attacked

STORED = ("photos", "stamps", "caltech", "flags")
EDITED = "edits/pdq_bridge/aaa-orig.jpg"
ATTACKS_PER_PHOTO = 4
SEED = 5
HALVES = ("left half", "right half")  # not attacks: two pictures that share nothing


@dataclass(frozen=True)
class Copy:
    """A query: picture and attack (None: as it is), its class, the stored picture it shows."""

    path: Path
    attack: str | None
    kind: str
    original: Path


def stored_pictures(collection: Path) -> list[Path]:
    """What is stored: single pictures, the first view of each object, the unedited bridge."""
    single = [p for folder in STORED for p in _files(collection / folder)]
    views = (collection / "views" / "triple").glob("*_01.*")
    return [*sorted(single), *sorted(views), collection / EDITED]


def queries(collection: Path) -> list[Copy]:
    """Other views, edits, and attacks on every other photograph, each attack as often."""
    return [*views_and_edits(collection), *attacks_on(attacked_photos(collection))]


def views_and_edits(collection: Path) -> list[Copy]:
    """Other views of the stored objects, and edits of the bridge."""
    found = [
        Copy(path, None, "views", path.with_name(path.stem.rsplit("_", 1)[0] + "_01" + path.suffix))
        for path in _files(collection / "views")
        if not path.stem.endswith("_01")
    ]
    original = collection / EDITED
    edits = _files(collection / "edits")
    return found + [Copy(path, None, "edits", original) for path in edits if path != original]


def attacks_on(photos: Sequence[Path]) -> list[Copy]:
    """Four attacks on each, all attacks as often."""
    found = []
    names = list(BY_NAME)
    for number, path in enumerate(photos):
        for turn in range(ATTACKS_PER_PHOTO):
            name = names[(number * ATTACKS_PER_PHOTO + turn) % len(names)]
            found.append(Copy(path, name, CLASS_OF[name], path))
    return found


def attacked_photos(collection: Path) -> list[Path]:
    """Half of the photographs, seeded; they are no model for made-up pictures."""
    photos = _files(collection / "photos")
    chosen = np.random.default_rng(SEED).permutation(len(photos))[: len(photos) // 2]
    return [photos[i] for i in sorted(chosen)]


def described(
    items: Sequence[tuple[Path, str | None]], folder: Path, processes: int = 2
) -> list[MatchDescription]:
    """The descriptions of pictures under attacks, from the folder where they are there."""
    folder.mkdir(parents=True, exist_ok=True)
    tasks = [(path, attack, folder) for path, attack in items]
    with Pool(processes, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        return [loads(data) for data in pool.imap(_stored_form, tasks, chunksize=8)]


def queried(copy: Copy) -> Picture:
    """The picture that is asked with."""
    pixels = decode(copy.path.read_bytes(), max_pixels=50_000_000, side=1024).pixels
    return _picture(pixels, copy.attack, copy.path.name)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.*") if path.is_file())


def _stored_form(task: tuple[Path, str | None, Path]) -> bytes:
    path, attack, folder = task
    kept = folder / f"{zlib.crc32(str(path).encode()):08x}-{path.stem}-{attack}.description"
    if not kept.exists():
        pixels = decode(path.read_bytes(), max_pixels=50_000_000, side=1024).pixels
        kept.write_bytes(dumps(describe(_picture(pixels, attack, path.name))))
    return kept.read_bytes()


def _picture(pixels: Pixels, attack: str | None, seed: str) -> Picture:
    if attack in HALVES:
        middle = pixels.shape[1] // 2
        pixels = pixels[:, :middle] if attack == HALVES[0] else pixels[:, middle:]
    elif attack is not None:
        pixels, _ = attacked(pixels, attack, seed)
    return Picture(np.ascontiguousarray(pixels), pixels.shape[1], pixels.shape[0], "PNG")
