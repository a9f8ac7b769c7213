"""How one signature looks for a query: at an index' candidates, and closer where that fails.

A closer look costs nothing where what was found explains the query. Otherwise it is a second look
at the first candidates, and one at parts of the picture (docs/explanation/match.md, "Parts").
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from typing import Any, Literal, get_args

from ..imaging import Picture
from .signature import Comparison, Signature
from .verification import DEPTH, Load, verified

Thorough = Literal["never", "auto", "always"]
THOROUGH: tuple[Thorough, ...] = get_args(Thorough)

Ranked = Sequence[tuple[str, float]]
Shortlists = Callable[[Sequence[Any], int], Sequence[Ranked]]
Found = list[tuple[str, Comparison]]

# Measured: docs/explanation/match.md, "Parts"
_OF_A_PART = 5
_PARTS_IN_VAIN = 24
_BESIDE = 10  # candidates of a second look beside what was found
_READ_AT_ONCE = 12  # of the candidates of parts: half of those in vain


@dataclass(frozen=True)
class Look:
    """How to look: `at_once` candidates are verified per batch, `every` of the first one."""

    at_once: int = 20
    every: bool = False
    thorough: Thorough = "auto"


@dataclass
class _Kept:
    """Descriptions that this search has loaded."""

    load: Load
    by_media: dict[str, Any] = field(default_factory=dict)

    def __call__(
        self, signature: Signature[Any], media: Sequence[str]
    ) -> Iterator[tuple[str, Any]]:
        lacking = [one for one in media if one not in self.by_media]
        loaded = iter(self.load(signature, lacking) if lacking else ())
        for one in media:
            while one not in self.by_media:
                name, description = next(loaded, (None, None))
                if name is None:
                    break  # purged a moment ago
                self.by_media[name] = description
            else:
                yield one, self.by_media[one]

    def read(self, signature: Signature[Any], media: Iterable[str]) -> None:
        """Have these at once: one by one each would be a question to MongoDB."""
        deque(self(signature, list(dict.fromkeys(media))), maxlen=0)


def look(
    signature: Signature[Any],
    query: Any,
    picture: Callable[[], Picture | None],
    shortlists: Shortlists,
    how: Look,
    load: Load,
) -> Found:
    """Media and what the signature finds between them and the query.

    `picture`: of the query; gives None where it is known by its description alone, of which there
    are no parts. `shortlists`: up to so many media for each description.
    """
    kept = _Kept(load)
    (ranked,) = shortlists([query], how.at_once * DEPTH)
    found = dict(verified(signature, query, ranked, how.at_once, every=how.every, load=kept))
    if how.thorough != "never":
        is_found = any(comparison.accepted for comparison in found.values())
        if not is_found:
            found.update(_second_look(signature, query, ranked, shortlists, how, kept))
        always = how.thorough == "always"
        parts = signature.parts(picture, query, list(found.values()), always=always)
        if is_found and parts:  # beside what was found it shows something else
            found.update(_looked_again(signature, query, ranked[:_BESIDE], found, kept))
        found.update(_by_parts(signature, parts, shortlists, found, kept))
    judged = signature.judged(list(found.values()))
    return list(zip(found, judged, strict=True))


def _second_look(
    signature: Signature[Any],
    query: Any,
    ranked: Ranked,
    shortlists: Shortlists,
    how: Look,
    load: Load,
) -> Iterator[tuple[str, Comparison]]:
    """At the first candidates, and at those that the index has for the query as a whole."""
    whole = signature.as_a_whole(query)
    near = shortlists([whole], how.at_once)[0] if whole is not None else ()
    media = dict.fromkeys(one for one, _ in (*ranked[: how.at_once], *near))
    named = {one for one, _ in ranked}
    for one, reference in load(signature, list(media)):
        comparison = signature.verify_again(query, reference, whole=one not in named)
        if comparison is not None and comparison.accepted:
            yield one, comparison


def _looked_again(
    signature: Signature[Any], query: Any, ranked: Ranked, found: dict[str, Comparison], load: Load
) -> dict[str, Comparison]:
    """What a second look finds among these beside what was found."""
    media = [one for one, _ in ranked if one not in found or not found[one].accepted]
    again = (
        (one, signature.verify_again(query, reference)) for one, reference in load(signature, media)
    )
    return {one: seen for one, seen in again if seen is not None and seen.accepted}


def _by_parts(
    signature: Signature[Any],
    parts: Sequence[Any],
    shortlists: Shortlists,
    found: dict[str, Comparison],
    kept: _Kept,
) -> dict[str, Comparison]:
    """What the parts show beside what was found: the first of each in turn, then the second, ..."""
    if not parts:
        return {}
    lists = shortlists([part.description for part in parts], _OF_A_PART)
    columns = [
        [(part, media) for media, _ in ranked] for part, ranked in zip(parts, lists, strict=True)
    ]
    accepted: dict[str, Comparison] = {}
    in_vain = 0
    asked = list(filter(None, chain.from_iterable(zip_longest(*columns))))
    for number, (part, media) in enumerate(asked):
        known = accepted.get(media) or found.get(media)
        if known is not None and known.accepted:
            continue
        if media not in kept.by_media:
            kept.read(signature, (one for _, one in asked[number : number + _READ_AT_ONCE]))
        for _, reference in kept(signature, [media]):
            comparison = signature.verify_part(part, reference)
            if comparison is not None and comparison.accepted:
                accepted[media] = comparison
            else:
                in_vain += 1
        if in_vain >= _PARTS_IN_VAIN:
            break
    return accepted
