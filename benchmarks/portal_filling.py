"""An application of any size in MongoDB: real pictures with files, made-up descriptions beyond.

A made-up description has the keypoints of a real one at their places, half of them with the
descriptors of other pictures, and noise on all. It has a black thumbnail: as a whole it is never
found. Made-up media have no files.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from flask import Flask
from numpy.typing import NDArray
from tqdm import tqdm

from udata_mediadb.application.models import Application
from udata_mediadb.indexing import log
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media.current import current_ingest
from udata_mediadb.media.ingest import add_media
from udata_mediadb.media.models import Media
from udata_mediadb.recognition.match.basis import HIGHEST
from udata_mediadb.recognition.match.description import MatchDescription, dumps, loads
from udata_mediadb.recognition.signature import signature_key

from .listing import media_documents

BATCH = 500
NOISE = 1  # standard deviation of a level of a descriptor: as between two shots of a thing
SEED = 11
COLLECTIONS = ["0" * 32, "1" * 32]


def fill(
    app: Flask, application: str, pictures: Sequence[Path], size: int, models: Sequence[Path] = ()
) -> None:
    """Store the pictures and as many made-up media as are lacking; goes on where it was stopped.

    `models`: what the made-up ones are like; none: all. Of what a search shows there would be
    hundreds of halves.
    """
    with app.app_context():
        real = _store_pictures(application, pictures)
        alike = _store_pictures(application, models) if models else real
        there = Media.objects(application=application).count()
        if there >= size:
            return
        documents = media_documents(application, size - len(real), COLLECTIONS)
        made = made_up(alike, size - len(real))
        bar = tqdm(total=size, initial=there, desc="Storing", unit="media", mininterval=10)
        for start in range(0, size - len(real), BATCH):
            count = min(BATCH, size - len(real) - start)
            media = [_named(next(documents), application) for _ in range(count)]
            described = [next(made) for _ in range(count)]
            if start + count > there - len(real):
                _insert(application, media, described)
                bar.update(count)


def _named(document: dict[str, Any], application: str) -> dict[str, Any]:
    """With an id of its own: each application is made the same documents."""
    return {**document, "_id": str(uuid5(NAMESPACE_OID, application + document["_id"]))}


def _store_pictures(application: str, pictures: Sequence[Path]) -> list[MatchDescription]:
    """Their descriptions."""
    owner, ingest = Application.objects.get(id=application), current_ingest()
    there = set(Media.objects(application=application).scalar("filename"))
    for path in tqdm(pictures, desc="Pictures", mininterval=10):
        if path.name not in there:
            add_media(ingest, owner, path.read_bytes(), {}, filename=path.name, owner=None)
    names = {path.name for path in pictures}
    real = set(Media.objects(application=application, filename__in=names).scalar("id"))
    stored = StoredSignature.objects(media__in=list(real))
    return [loads(bytes(one.data)) for one in stored if one.signature == match_key()]


def match_key() -> str:
    """What descriptions by the match signature carry."""
    return signature_key(current_ingest().registry["match"].signature)


def _insert(application: str, media: list[dict[str, Any]], described: Sequence[bytes]) -> None:
    key = match_key()
    signatures = [
        {
            "_id": f"{one['_id']}/{key}",
            "application": application,
            "media": one["_id"],
            "signature": key,
            "data": data,
        }
        for one, data in zip(media, described, strict=True)
    ]
    for document, rows in ((StoredSignature, signatures), (Media, media)):
        collection = document._get_collection()
        collection.delete_many({"_id": {"$in": [row["_id"] for row in rows]}})
        collection.insert_many(rows, ordered=False)
    log.append(application, "add", [one["_id"] for one in media])


def made_up(real: Sequence[MatchDescription], count: int) -> Iterator[bytes]:
    """Stored forms of descriptions of pictures that do not exist."""
    random = np.random.default_rng(SEED)
    pool = np.concatenate([one.descriptors for one in real])
    noise = np.round(random.normal(0, NOISE, 1 << 22)).astype(np.int16)
    black = np.zeros_like(real[0].thumbnail), np.zeros_like(real[0].colours)
    for _ in range(count):
        model = real[int(random.integers(len(real)))]
        foreign = random.random(len(model)) < 0.5
        descriptors = model.descriptors.copy()
        descriptors[foreign] = pool[random.integers(0, len(pool), int(foreign.sum()))]
        yield dumps(
            replace(
                model,
                descriptors=_noisy(descriptors, noise, random),
                thumbnail=black[0],
                colours=black[1],
            )
        )


def _noisy(
    descriptors: NDArray[np.uint8], noise: NDArray[np.int16], random: np.random.Generator
) -> NDArray[np.uint8]:
    start = int(random.integers(len(noise) - descriptors.size))
    mine = noise[start : start + descriptors.size].reshape(descriptors.shape)
    return np.clip(descriptors + mine, 0, HIGHEST).astype(np.uint8)
