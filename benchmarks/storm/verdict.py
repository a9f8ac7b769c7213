"""What is left after a storm against what was acknowledged in it."""

import hashlib
import random
from dataclasses import dataclass, field
from typing import Any

from tests.images import jpeg

from .clients import SIDE, Storm

SHOWN = 20  # findings that are told in full
FIELDS = ("name", "keywords", "metadata")


@dataclass
class Verdict:
    """Findings by kind; all empty where nothing was lost."""

    lost: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    ghosts: list[str] = field(default_factory=list)
    media: int = 0
    searched: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.unreachable or self.wrong or self.ghosts)

    def lines(self) -> list[str]:
        counts = {name: getattr(self, name) for name in ("lost", "unreachable", "wrong", "ghosts")}
        told = [f"{name} {len(found)}" for name, found in counts.items()]
        shown = [f"  {name}: {one}" for name, found in counts.items() for one in found[:SHOWN]]
        return [
            f"{self.media} media, {self.searched} searched by picture: {', '.join(told)}",
            *shown,
        ]


def judge(storm: Storm, *, searches: int, seed: int) -> Verdict:
    """Compare every media, its fields, file, memberships and what finds it."""
    verdict = Verdict(media=len(storm.media))
    listed = _pages(storm, f"media/?application={storm.application}")
    by_id = {one["id"]: one for one in listed}
    active = {media for media in storm.media if _judge_state(storm, verdict, media, by_id)}
    _judge_strangers(storm, verdict, by_id)
    for media in active:
        _judge_fields(storm, verdict, media, by_id[media])
        _judge_file(storm, verdict, media)
    _judge_collections(storm, verdict, active)
    _judge_key(storm, verdict)
    asked = sorted(storm.media)
    random.Random(seed).shuffle(asked)
    for media in asked[:searches]:
        _judge_search(storm, verdict, media, media in active)
    return verdict


def _pages(storm: Storm, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    path += ("&" if "?" in path else "?") + "page_size=100&page="
    number = 1
    while True:
        answer = storm.ask("GET", f"{path}{number}")
        assert answer is not None and answer.status_code == 200, answer
        found += answer.json()["data"]
        if not answer.json()["next_page"]:
            return found
        number += 1


_STATUS = {"active": 200, "deleted": 410, "purged": 404}


def _judge_state(
    storm: Storm, verdict: Verdict, media: str, by_id: dict[str, dict[str, Any]]
) -> bool:
    """Whether it is active."""
    possible = set(storm.history.possible((media, "state")))
    answer = storm.ask("GET", f"media/{media}/")
    status = answer.status_code if answer is not None else 0
    if status not in {_STATUS[state] for state in possible}:
        kind = verdict.ghosts if status == 200 else verdict.lost
        kind.append(f"{media} answers {status}, possible is {sorted(possible)}")
    if (status == 200) != (media in by_id):
        kind = verdict.unreachable if status == 200 else verdict.ghosts
        kind.append(f"{media} answers {status}, in the list: {media in by_id}")
    return status == 200 and media in by_id


def _judge_strangers(storm: Storm, verdict: Verdict, by_id: dict[str, dict[str, Any]]) -> None:
    """What nobody was told of must be a picture that somebody sent."""
    sent = {hashlib.sha256(jpeg(seed, *SIDE)).hexdigest() for seed in storm.unanswered}
    for media in set(by_id) - set(storm.media):
        if by_id[media]["sha256"] not in sent:
            verdict.ghosts.append(f"{media} was sent by nobody")


def _judge_fields(storm: Storm, verdict: Verdict, media: str, shown: dict[str, Any]) -> None:
    for name in FIELDS:
        possible = storm.history.possible((media, name))
        if shown[name] not in possible:
            verdict.wrong.append(f"{media} {name} is {shown[name]}, possible is {possible}")
    where = f"media/?application={storm.application}&"
    asked = (
        f"q={shown['name']}",
        f"keyword={(shown['keywords'] or ['-'])[0]}",
        f"metadata.place={shown['metadata'].get('place')}",
    )
    for query in asked:
        if media not in _ids(storm, where + query):
            verdict.unreachable.append(f"{media} is not found by {query}")
    for former in storm.history.ever((media, "keywords")):
        if former != shown["keywords"] and media in _ids(storm, f"{where}keyword={former[0]}"):
            verdict.ghosts.append(f"{media} is found by its former {former}")


def _judge_file(storm: Storm, verdict: Verdict, media: str) -> None:
    answer = storm.ask("GET", f"media/{media}/files/original/")
    wanted = hashlib.md5(jpeg(storm.media[media], *SIDE), usedforsecurity=False).hexdigest()
    content = answer.content if answer is not None and answer.ok else b""
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != wanted:
        verdict.lost.append(f"{media}: another original, or none")
    for kind in ("thumbnail", "media"):
        answer = storm.ask("GET", f"media/{media}/files/{kind}/")
        if answer is None or not answer.ok or not answer.content.endswith(b"\xff\xd9"):
            verdict.lost.append(f"{media}: no whole {kind}")


def _judge_collections(storm: Storm, verdict: Verdict, active: set[str]) -> None:
    for collection in storm.collections:
        answer = storm.ask("GET", f"collections/{collection}/")
        name = answer.json()["name"] if answer is not None and answer.ok else None
        if name not in storm.history.possible((collection, "name")):
            verdict.wrong.append(f"collection {collection} is named {name}")
        held = {one["id"] for one in _pages(storm, f"collections/{collection}/media/")}
        for media in active:
            possible = storm.history.possible((media, f"in {collection}")) or [False]
            known = any(w for w in possible) if (media in held) else not all(possible)
            if not known and not (media not in held and _was_never_sure(storm, media, collection)):
                verdict.wrong.append(f"{media} in {collection}: {media in held}, {possible}")
        for media in held - active:
            if media in storm.media:
                verdict.ghosts.append(f"{media} is shown in {collection}")


def _was_never_sure(storm: Storm, media: str, collection: str) -> bool:
    """Whether no addition was acknowledged: then it may just as well not be in it."""
    register = storm.history.register((media, f"in {collection}"))
    return not any(write.answered for write in register.writes)


def _judge_key(storm: Storm, verdict: Verdict) -> None:
    possible = storm.history.possible(("application", "key"))
    answer = storm.ask("GET", f"applications/{storm.application}/keys/private/")
    key = answer.json()["key"] if answer is not None and answer.ok else None
    if possible and None not in possible and key not in possible:
        verdict.wrong.append("the private key is none that was given last")


def _judge_search(storm: Storm, verdict: Verdict, media: str, active: bool) -> None:
    verdict.searched += 1
    data = {"application": storm.application}
    image = jpeg(storm.media[media], *SIDE)
    answer = storm.ask("POST", "search/", data=data, files={"image": image})
    if answer is None or not answer.ok:
        verdict.unreachable.append(f"search for {media}: {answer}")
        return
    found = media in [hit["media"]["id"] for hit in answer.json()["data"]]
    if active and not found:
        verdict.unreachable.append(f"{media} is not found by its own picture")
    if found and not active:
        verdict.ghosts.append(f"{media} is found by its picture and is not active")


def _ids(storm: Storm, path: str) -> list[str]:
    answer = storm.ask("GET", path)
    assert answer is not None and answer.status_code == 200, answer
    return [one["id"] for one in answer.json()["data"]]
