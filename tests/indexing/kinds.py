"""Signatures with made-up descriptions, each with its index: postings, and vectors."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.exact import ExactIndex
from udata_mediadb.recognition.match.description import MatchDescription, quantised
from udata_mediadb.recognition.match.inverted.match_segments import MatchSegments
from udata_mediadb.recognition.match.inverted.vocabulary import DIMENSIONS, FORMAT, Vocabulary
from udata_mediadb.recognition.match.signature import MatchSignature
from udata_mediadb.recognition.match.votes import voting_vectors
from udata_mediadb.recognition.registered import RegisteredSignature
from udata_mediadb.recognition.segments.segmented import SegmentFormat
from udata_mediadb.recognition.signature import Comparison, Signature, signature_key
from udata_mediadb.recognition.vectors.graph import GraphParameters
from udata_mediadb.recognition.vectors.index import VectorIndex
from udata_mediadb.recognition.vectors.segments import VectorSegments

KEYPOINTS = 40
CELLS, WORDS = 8, 64
Vector = NDArray[np.float32]


@dataclass(frozen=True)
class Kind:
    """`description`: another for each seed; `segments`: the format of a version."""

    signature: Signature[Any]
    description: Callable[[int], Any]
    segments: Callable[[str], SegmentFormat]
    new_index: Callable[[], Any]

    @property
    def key(self) -> str:
        return signature_key(self.signature)

    def directory(self, root: Path) -> Path:
        """Where `Catalogs` would have its segments."""
        version = re.sub(r"[^\w.@-]", "_", self.segments("test-1").version)
        return root / f"{self.key}+{version}"

    def method(self, version: str = "test-1") -> RegisteredSignature:
        return RegisteredSignature(self.signature, self.new_index, lambda: self.segments(version))


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


@cache
def keypoints(seed: int) -> MatchDescription:
    """The keypoints of no picture."""
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
        descriptors=chance.integers(0, 8, (KEYPOINTS, 64)).astype(np.uint8),
        thumbnail=chance.integers(0, 255, (64, 64)).astype(np.uint8),
        colours=chance.integers(0, 255, (16, 16, 3)).astype(np.uint8),
        resized=(320, 320),
        original=(320, 320),
    )


class VectorSignature:
    """A vector that nothing describes."""

    name = "vectors"
    version = "1"

    def describe(self, picture: Picture) -> Vector:
        raise NotImplementedError

    def verify(self, query: Vector, reference: Vector) -> Comparison | None:
        raise NotImplementedError

    def dumps(self, description: Vector) -> bytes:
        return description.tobytes()

    def loads(self, data: bytes) -> Vector:
        return np.frombuffer(data, np.float32)


def vector(seed: int) -> Vector:
    """A unit vector of 24 numbers."""
    drawn = np.random.default_rng(seed).normal(size=DIMENSION)
    return (drawn / np.linalg.norm(drawn)).astype(np.float32)


def rows(vector: Vector) -> Vector:
    """One or two."""
    return vector[None] if vector[0] > 0 else np.stack([vector, vector[::-1]])


DIMENSION = 24
GRAPH = GraphParameters(links=8, breadth=60, ef=100, least=20)


def vector_segments(version: str = "test-1") -> SegmentFormat:
    """Merged segments have graphs; other versions are of other dimensions."""
    dimension = DIMENSION if version == "test-1" else DIMENSION * 2
    return VectorSegments(dimension, rows, graph=GRAPH)


MATCH = Kind(
    MatchSignature(),
    keypoints,
    lambda version: MatchSegments(vocabulary(version)),
    lambda: ExactIndex(voting_vectors),
)
VECTORS = Kind(VectorSignature(), vector, vector_segments, lambda: VectorIndex(DIMENSION, rows))
KINDS = {"match": MATCH, "vectors": VECTORS}
