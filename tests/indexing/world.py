"""Applications with made-up descriptions: as many media as a test likes, in no time."""

import secrets
from functools import cache
from uuid import uuid4

import numpy as np

from udata_mediadb.index.exact import ExactIndex
from udata_mediadb.index.match_segments import MatchSegments
from udata_mediadb.index.vocabulary import DIMENSIONS, FORMAT, Vocabulary
from udata_mediadb.indexing import log
from udata_mediadb.indexing.method import Limits, Method
from udata_mediadb.indexing.models import StoredSignature, signature_key
from udata_mediadb.media.models import ACTIVE, DELETED, Media
from udata_mediadb.signatures.description import MatchDescription, quantised
from udata_mediadb.signatures.match import MatchSignature
from udata_mediadb.signatures.votes import voting_vectors

KEYPOINTS = 40
CELLS, WORDS = 8, 64
LIMITS = Limits(memory=8, delta=8, load=40, fan=3, chunk=16)
SIGNATURE = MatchSignature()
KEY = signature_key(SIGNATURE)


@cache
def vocabulary(version: str = "test-1") -> Vocabulary:
    """A random one with a few words; it puts equal descriptors under equal words."""
    chance = np.random.default_rng(1)
    arrays = {
        "mean": np.full(128, 0.08, np.float32),
        "projection": np.linalg.qr(chance.normal(size=(128, DIMENSIONS)))[0].astype(np.float32),
        "cells": chance.normal(scale=0.05, size=(CELLS, DIMENSIONS)).astype(np.float32),
        "starts": np.arange(0, WORDS + 1, WORDS // CELLS).astype(np.int32),
        "centres": chance.integers(-30, 30, (WORDS, DIMENSIONS)).astype(np.int8),
        "medians": np.zeros((WORDS, DIMENSIONS), np.int8),
        "step": np.array(0.004, np.float32),
    }
    return Vocabulary(arrays, {"version": version, "format": FORMAT})


def segments(version: str = "test-1") -> MatchSegments:
    return MatchSegments(vocabulary(version))


def method(version: str = "test-1") -> Method:
    return Method(SIGNATURE, lambda: ExactIndex(voting_vectors), lambda: segments(version))


@cache
def description(seed: int) -> MatchDescription:
    """The keypoints of no picture: another for each seed."""
    chance = np.random.default_rng(seed)
    xy, size, angle = quantised(
        chance.uniform(10, 300, (KEYPOINTS, 2)).astype(np.float32),
        chance.uniform(3, 30, KEYPOINTS).astype(np.float32),
        chance.uniform(0, 360, KEYPOINTS).astype(np.float32),
    )
    return MatchDescription(
        xy=xy,
        size=size,
        angle=angle,
        descriptors=(chance.random((KEYPOINTS, 128)) ** 4 * 255).astype(np.uint8),
        thumbnail=chance.integers(0, 255, (64, 64)).astype(np.uint8),
        colours=chance.integers(0, 255, (16, 16, 3)).astype(np.uint8),
        resized=(320, 320),
        original=(320, 320),
    )


def new_application() -> str:
    return secrets.token_hex(16)


def add(application: str, seed: int) -> str:
    """Store a media with the description of this seed, and log it."""
    media = str(uuid4())
    Media(
        id=media, application=application, state=ACTIVE, name=str(seed), md5="0", sha256="0",
        size=1, width=320, height=320, format="jpeg",
    ).save()  # fmt: skip
    describe(application, media, seed)
    return media


def add_many(application: str, seeds: range) -> dict[int, str]:
    """Store media with these descriptions, one write each for all of them; their ids by seed."""
    stored = {seed: str(uuid4()) for seed in seeds}
    Media.objects.insert(
        [
            Media(
                id=media, application=application, state=ACTIVE, name=str(seed), md5="0",
                sha256="0", size=1, width=320, height=320, format="jpeg",
            )
            for seed, media in stored.items()
        ]
    )  # fmt: skip
    StoredSignature.objects.insert(
        [
            StoredSignature(
                id=f"{media}/{KEY}", application=application, media=media, signature=KEY,
                data=SIGNATURE.dumps(description(seed)),
            )
            for seed, media in stored.items()
        ]
    )  # fmt: skip
    log.append(application, "add", list(stored.values()))
    return stored


def describe(application: str, media: str, seed: int) -> None:
    """Store a description, in place of another one, and log it."""
    StoredSignature(
        id=f"{media}/{KEY}", application=application, media=media, signature=KEY,
        data=SIGNATURE.dumps(description(seed)),
    ).save()  # fmt: skip
    log.append(application, "add", [media])


def delete(application: str, media: str) -> None:
    Media.objects(id=media).update(state=DELETED)
    log.append(application, "discard", [media])


def restore(application: str, media: str) -> None:
    Media.objects(id=media).update(state=ACTIVE)
    log.append(application, "add", [media])
