"""The words of a media for free text search (`q`), as it stores them, and the query for some.

A word is stored without accents and marks, and once more with umlauts spelt out. Scripts that have
no spaces between words (Chinese, Japanese, Thai, …) are stored as pairs of neighbours, so that what
stands inside is found: 夜景 in 東京タワーの夜景.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from ..web.text import bare, folded, typed_forms
from .terms import metadata_values

WORD_LENGTH = 64  # longer words are cut: nobody types them, and they would bloat the index
# Han, kana, Thai, Lao, Myanmar, Khmer, and the extensions of Han.
_UNSPACED = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff"
)
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_ARTICLE = "ال"  # of Arabic, written together with its noun


def words_of(name: str, keywords: Iterable[str], metadata: Mapping[str, Any]) -> list[str]:
    """The words of the name, the keywords and the metadata's values, sorted, without repeats."""
    texts = [name, *keywords, *metadata_values(metadata)]
    runs = set(_runs("\n".join(texts)))
    unspaced = {run for run in runs if _IS_UNSPACED.match(run)}
    forms = typed_forms(runs - unspaced)
    words = set().union(*(_pairs(run) for run in unspaced), *map(_stored, forms.values()))
    return sorted(words)


def text_query(text: str) -> dict[str, Any]:
    """A MongoDB filter: every word of `text` begins a word of the media, or stands in it in scripts
    without spaces.

    All media for an empty text; none for one of symbols only, which no media is indexed by.
    """
    runs = _runs(text)
    if text.strip() and not runs:
        return {"words": {"$in": []}}
    clauses = [_clause(run) for run in runs]
    return {"$and": clauses} if clauses else {}


def _runs(text: str) -> list[str]:
    """Runs of letters, digits and marks of one kind of script, folded."""
    shown = folded("".join(c for c in text if unicodedata.category(c) != "Cf"))
    spaced = "".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in shown)
    return [run for word in spaced.split() for run in _RUNS.findall(word)]


def _pairs(run: str) -> set[str]:
    whole = bare(run)
    return {whole[start : start + 2] for start in range(len(whole))}


def _stored(forms: set[str]) -> set[str]:
    long = (word for word in forms if len(word) > len(_ARTICLE) + 2)
    found = forms | {word.removeprefix(_ARTICLE) for word in long}
    return {word[:WORD_LENGTH] for word in found}


def _clause(run: str) -> dict[str, Any]:
    """Also what earlier versions have stored, until `migrate` has run: with accents, and whole."""
    if _IS_UNSPACED.match(run):
        whole = bare(run)
        pairs = [whole[start : start + 2] for start in range(max(1, len(whole) - 1))]
        inside: dict[str, Any] = {"$and": [_beginning(pair) for pair in pairs]}
        return {"$or": [inside, _beginning(run)]} if len(whole) > 2 else inside
    beginnings = [_beginning(form) for form in sorted(typed_forms([run])[run] | {run})]
    return beginnings[0] if len(beginnings) == 1 else {"$or": beginnings}


def _beginning(word: str) -> dict[str, Any]:
    return {"words": {"$regex": f"^{word[:WORD_LENGTH]}"}}
