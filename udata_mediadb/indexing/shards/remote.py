"""A catalog whose shards are in a cluster: asked over HTTP, by arrays, never by pickle."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from ...errors import Unavailable
from ...recognition.registered import RegisteredSignature
from .. import log
from ..media_table import keys_of
from ..moment import Moment
from .asking import Ask, Ranked, read_answer
from .client import ClusterClient, NoDoor
from .wire import BadBody

STATUS_S = 2.0  # a page that shows it shall come, whatever is away
COUNTS = ("indexed", "in_memory", "generation", "segments", "applied")


class NotTold(Exception):
    """No door says how the shards are."""


def copies_by_shard(client: ClusterClient) -> dict[int, list[bool]]:
    """By shard, whether each of its copies answers and is whole; NotTold."""
    try:
        shards = json.loads(client.ask("/copies", None, STATUS_S))["shards"]
        return {one["shard"]: [copy["whole"] for copy in one["copies"]] for one in shards}
    except (NoDoor, ValueError, KeyError, TypeError) as exc:
        raise NotTold(str(exc)) from exc


class RemoteCatalog:
    """See `Serving`. Each search names the entry of the log that all shards must have applied."""

    def __init__(
        self, application: str, registered: RegisteredSignature, client: ClusterClient
    ) -> None:
        assert registered.segments is not None
        self.application = application
        self._registered = registered
        self._client = client

    def shortlist(
        self,
        description: Any,
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[tuple[str, float]]:
        """See `Catalog.shortlist`."""
        return self.shortlists([description], k, allowed, moment)[0]

    def shortlists(
        self,
        descriptions: Sequence[Any],
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> list[list[tuple[str, float]]]:
        """See `Catalog.shortlists`. Unavailable where a shard has no copy that answers."""
        if not descriptions or k <= 0:
            return [[] for _ in descriptions]
        return [_named(one) for one in self.asked(descriptions, k, allowed, moment)[0]]

    def asked(
        self,
        descriptions: Sequence[Any],
        k: int,
        allowed: Iterable[str] | None = None,
        moment: Moment | None = None,
    ) -> tuple[Sequence[Ranked], dict[str, Any]]:
        """The lists as they came, and what the shards say of themselves."""
        assert self._registered.segments is not None
        segments = self._registered.segments()
        ask = Ask(
            application=self.application,
            signature=self._registered.key,
            version=segments.version,
            k=k,
            seq=log.last_seq(self.application) if moment is None else moment.last_seq,
            questions=dict(segments.packed(descriptions)),
            allowed=None if allowed is None else keys_of(allowed),
        )
        try:
            answer = read_answer(self._client.ask("/shortlists", ask.written()))
        except BadBody as exc:
            raise Unavailable(
                "The search is away for a moment. Try again.", what="cluster"
            ) from exc
        if len(answer.lists) != len(descriptions):
            raise Unavailable("The search is away for a moment. Try again.", what="cluster")
        return answer.lists, answer.facts

    def note_added(self) -> None:
        """Nothing: shards write their segments by themselves."""

    def write_due(self) -> None:
        """Nothing: shards write their segments by themselves."""

    def status(self) -> dict[str, Any]:
        """As of one catalog, over all shards, and `shards` with each copy.

        Where nobody answers, `shards` is empty and `error` says why.
        """
        told = urlencode(self._which())
        try:
            found: dict[str, Any] = json.loads(self._client.ask(f"/status?{told}", None, STATUS_S))
        except (NoDoor, ValueError) as exc:
            return {
                **dict.fromkeys(COUNTS, 0),
                "behind": log.last_seq(self.application),
                "shards": [],
                "error": getattr(exc, "why", None) or "the cluster does not answer",
            }
        return found

    def words(self) -> bytes:
        """For `wire.read`: how many images and postings of each word all shards have together."""
        return self._client.ask(f"/words?{urlencode(self._which())}")

    def _which(self) -> dict[str, str]:
        assert self._registered.segments is not None
        return {
            "application": self.application,
            "signature": self._registered.key,
            "version": self._registered.segments().version,
        }


def _named(ranked: Ranked) -> list[tuple[str, float]]:
    keys, scores = ranked
    media = [str(UUID(bytes=key.ljust(16, b"\0"))) for key in keys.tolist()]
    return list(zip(media, scores.tolist(), strict=True))
