"""Applications with made-up descriptions: as many media as a test likes, in no time."""

import secrets
from uuid import uuid4

from udata_mediadb.indexing import log
from udata_mediadb.indexing.index_limits import IndexLimits
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.media.models import ACTIVE, DELETED, Media

from .kinds import MATCH, Kind

LIMITS = IndexLimits(memory=8, delta=8, load=40, fan=3, chunk=16)
KEY = MATCH.key

description = MATCH.description
method = MATCH.method


def new_application() -> str:
    return secrets.token_hex(16)


def add(application: str, seed: int, kind: Kind = MATCH) -> str:
    """Store a media with the description of this seed, and log it."""
    media = str(uuid4())
    Media(
        id=media, application=application, state=ACTIVE, name=str(seed), md5="0", sha256="0",
        size=1, width=320, height=320, format="jpeg",
    ).save()  # fmt: skip
    describe(application, media, seed, kind)
    return media


def add_many(application: str, seeds: range, kind: Kind = MATCH) -> dict[int, str]:
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
                id=f"{media}/{kind.key}", application=application, media=media,
                signature=kind.key, data=kind.signature.dumps(kind.description(seed)),
            )
            for seed, media in stored.items()
        ]
    )  # fmt: skip
    log.append(application, "add", list(stored.values()))
    return stored


def describe(application: str, media: str, seed: int, kind: Kind = MATCH) -> None:
    """Store a description, in place of another one, and log it."""
    StoredSignature(
        id=f"{media}/{kind.key}", application=application, media=media, signature=kind.key,
        data=kind.signature.dumps(kind.description(seed)),
    ).save()  # fmt: skip
    log.append(application, "add", [media])


def delete(application: str, media: str) -> None:
    Media.objects(id=media).update(state=DELETED)
    log.append(application, "discard", [media])


def restore(application: str, media: str) -> None:
    Media.objects(id=media).update(state=ACTIVE)
    log.append(application, "add", [media])
