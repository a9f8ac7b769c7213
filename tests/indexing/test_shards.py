"""A catalog that is split over shards answers as one that is not, to the last place."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from udata_mediadb.indexing import log
from udata_mediadb.indexing.catalog import Catalog
from udata_mediadb.indexing.catalogs import Catalogs
from udata_mediadb.indexing.media_table import keys_of
from udata_mediadb.indexing.models import StoredSignature
from udata_mediadb.indexing.shards.asking import Ask, First, Ranked, read_answer, read_ask
from udata_mediadb.indexing.shards.searching import ShardedSearch
from udata_mediadb.indexing.shards.shard import Shard
from udata_mediadb.indexing.shards.share import SLOTS, Share, slot_of
from udata_mediadb.recognition.match.inverted.index import InvertedIndex
from udata_mediadb.recognition.registered import RegisteredSignature

from . import world
from .kinds import KINDS, Kind, vocabulary

SMALL = world.LIMITS
KIND_NAMES = ["match", "vectors"]


class Here:
    """A shard in this process; everything goes through its form as bytes."""

    def __init__(self, shard: Shard) -> None:
        self.shard = shard

    async def first(self, ask: Ask, bits: int, least: int) -> tuple[None, First]:
        return None, self.shard.first(read_ask(ask.written()), bits, least)

    async def second(self, copy: Any, token: str, named: Any, idf: Any, tried: int) -> Any:
        return self.shard.second(token, named, idf)

    async def words(self, copy: Any, ask: Ask, tried: int) -> Any:
        return self.shard.words(ask.application, ask.signature, ask.version)


def registered(kind: Kind) -> RegisteredSignature:
    index = (lambda: InvertedIndex(vocabulary())) if kind is KINDS["match"] else kind.new_index
    return RegisteredSignature(kind.signature, index, lambda: kind.segments("test-1"))


def shards_of(count: int, kind: Kind, root: Path | None) -> list[Shard]:
    registry = {kind.signature.name: registered(kind)}
    return [
        Shard(Catalogs(registry, root, SMALL, share=Share(number, count)))
        for number in range(count)
    ]


def asked(
    search: ShardedSearch,
    application: str,
    kind: Kind,
    seeds: Sequence[int],
    k: int,
    allowed: list[str] | None,
) -> list[list[tuple[str, float]]]:
    segments = kind.segments("test-1")
    ask = Ask(
        application, kind.key, segments.version, k, log.last_seq(application),
        dict(segments.packed([kind.description(seed) for seed in seeds])),
        None if allowed is None else keys_of(allowed),
    )  # fmt: skip
    answer = asyncio.run(search.shortlists(ask))
    return [listed(one) for one in read_answer(answer.written()).lists]


def listed(ranked: Ranked) -> list[tuple[str, float]]:
    keys, scores = ranked
    names = [key.ljust(16, b"\0").hex() for key in keys.tolist()]
    return list(zip(names, scores.tolist(), strict=True))


def compact(found: list[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(media.replace("-", ""), score) for media, score in found]


@pytest.mark.parametrize("name", KIND_NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_any_split_answers_as_one_catalog(name: str, seed: int, application: str) -> None:
    """Additions of equal pictures, deletions, filters, several questions at once."""
    kind, chance = KINDS[name], random.Random(seed)
    one = Catalog(application, registered(kind))
    search = ShardedSearch([Here(s) for s in shards_of(chance.randint(2, 7), kind, None)])
    stored: list[str] = []
    for _ in range(3):
        for pictured in chance.choices(range(30), k=16):
            stored.append(world.add(application, pictured, kind))
        for media in chance.sample(stored, 4):
            world.delete(application, media)
        for allowed in (None, chance.sample(stored, 12)):
            seeds, k = chance.sample(range(34), 3), chance.randint(1, 60)
            wanted = one.shortlists([kind.description(s) for s in seeds], k, allowed)
            found = asked(search, application, kind, seeds, k, allowed)
            assert found == [compact(some) for some in wanted]


@pytest.mark.parametrize("name", KIND_NAMES)
def test_shards_with_segments_answer_as_one_catalog_without(
    name: str, application: str, tmp_path: Path
) -> None:
    kind = KINDS[name]
    world.add_many(application, range(60), kind)
    shards = shards_of(3, kind, tmp_path)
    for shard in shards:
        served = shard.served(application, kind.key, kind.segments("test-1").version)
        assert served.upkeep.rebuild()
    world.add(application, 7, kind)
    one = Catalog(application, registered(kind))
    search = ShardedSearch([Here(shard) for shard in shards])

    for seed in range(0, 60, 7):
        wanted = one.shortlist(kind.description(seed), 40)
        found = asked(search, application, kind, [seed], 40, None)[0]
        assert len(wanted) == 40 or name == "match"
        assert found == compact(wanted)
    assert sum(shard.status(application, kind.key, kind.segments("test-1").version)["indexed"]
               for shard in shards) == 61  # fmt: skip


@pytest.mark.parametrize("name", KIND_NAMES)
def test_more_shards_begin_with_segments_of_fewer(
    name: str, application: str, tmp_path: Path
) -> None:
    """One machine, then two shards, then four: no description is read again."""
    kind = KINDS[name]
    stored = world.add_many(application, range(1000, 1400), kind)
    version = kind.segments("test-1").version
    whole = Catalogs({kind.signature.name: registered(kind)}, tmp_path, SMALL)
    assert whole.own(application, kind.signature.name).upkeep.rebuild()
    for media in list(stored.values())[::7]:
        world.delete(application, media)
    StoredSignature.objects(application=application).update(data=b"not read again")
    for count in (2, 4):
        shards = shards_of(count, kind, tmp_path)
        for shard in shards:
            assert shard.served(application, kind.key, version).upkeep.run()
        status = [
            shard.served(application, kind.key, version).catalog.status_now() for shard in shards
        ]
        assert sum(one["indexed"] for one in status) == 400 - len(range(0, 400, 7))
        assert all(one["segments"] for one in status)
    one = whole.own(application, kind.signature.name).catalog
    search = ShardedSearch([Here(shard) for shard in shards])
    for seed in range(1001, 1400, 57):
        found = asked(search, application, kind, [seed], 5, None)[0]
        wanted = one.shortlist(kind.description(seed), 5)
        assert found[0][0] == compact(wanted)[0][0]


def test_shards_forget_other_applications_and_other_numbers_of_shards(
    application: str, tmp_path: Path
) -> None:
    catalogs = Catalogs({}, tmp_path, SMALL, share=Share(0, 4))
    kept = ["match@1+v", "match@1+v~0of4", "match@1+v~3of4@0a1b2c3d"]
    for name in (*kept, "match@1+v~0of2", "match@1+v~1of2@0a1b2c3d"):
        (tmp_path / application / name).mkdir(parents=True)
    (tmp_path / "gone" / "match@1+v~0of4").mkdir(parents=True)

    catalogs.drop_others({application})

    assert sorted(path.name for path in (tmp_path / application).iterdir()) == sorted(kept)
    assert not (tmp_path / "gone").exists()


def test_every_media_is_in_one_share_and_twice_as_many_split_each() -> None:
    media = [str(number) for number in range(500)]
    for count in (1, 2, 3, 8, 64):
        shares = [Share(number, count) for number in range(count)]
        assert all(sum(share.has(one) for share in shares) == 1 for one in media)
    for one in media:
        halves = next(number for number in range(8) if Share(number, 8).has(one))
        assert Share(halves // 2, 4).has(one)
    assert {slot_of(one) for one in media} <= set(range(SLOTS))


def test_shards_answer_of_one_moment(application: str) -> None:
    """One that is behind the others is asked again, not believed."""
    kind = KINDS["match"]
    world.add_many(application, range(20), kind)
    shards = [Here(shard) for shard in shards_of(3, kind, None)]
    search = ShardedSearch(shards)
    before = log.last_seq(application)
    asked(search, application, kind, [1], 5, None)
    world.add(application, 40, kind)
    ahead = log.last_seq(application)
    ask = Ask(
        application, kind.key, kind.segments("test-1").version, 5, before,
        dict(kind.segments("test-1").packed([kind.description(40)])),
    )  # fmt: skip
    shards[1].shard.first(ask, 22, ahead)  # another search brought it there

    answer = asyncio.run(search.shortlists(ask))

    assert answer.facts["applied"] == ahead
    assert len(answer.lists[0][0])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with np.errstate(all="raise"):
        yield
