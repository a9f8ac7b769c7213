"""Keywords and metadata -> one MongoDB query, for lists, smart collections and the search.

A media stores its searchable facts as `terms`, plain strings in one multikey index, so no key or
operator of a client ever reaches MongoDB as a path: `k:paris`, `m:country=france` (with the unit
separator for the equals sign), and for numbers also `n:year=` and a text that sorts as they do.
"""

import struct
from collections.abc import Iterable, Mapping
from typing import Any

from ..web.readers import number_of
from ..web.text import folded

# Between key and value of a term. Folding takes it for a space, so no key and no value holds it.
SEPARATOR = "\x1f"


def fold(value: object) -> str:
    """The form in which texts are compared: NFC, case folded, spaces trimmed and collapsed.

    Numbers compare as numbers and as their text: 1900, 1900.0 and "1900" are the same.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return folded("null" if value is None else str(value))


def terms_of(keywords: Iterable[str], metadata: Mapping[str, Any]) -> list[str]:
    """Everything about a media that a criterion can ask for, sorted, without repeats."""
    terms = {keyword_term(keyword) for keyword in keywords}
    terms.update(_metadata_terms("", metadata))
    return sorted(terms)


def keyword_term(keyword: str) -> str:
    return f"k:{fold(keyword)}"


def metadata_term(key: str, value: object) -> str:
    return f"m:{fold(key)}{SEPARATOR}{fold(value)}"


def number_term(key: str, number: float) -> str:
    """Sorts among the terms of its key as the number does among numbers."""
    return f"n:{fold(key)}{SEPARATOR}{_sortable(number)}"


def metadata_values(metadata: Mapping[str, Any]) -> list[str]:
    """All values of metadata, also nested ones, as folded texts."""
    facts = _metadata_terms("", metadata)
    return [term.split(SEPARATOR, 1)[1] for term in facts if term.startswith("m:")]


def query(keywords: Iterable[str], metadata: Mapping[str, Any]) -> dict[str, Any]:
    """A MongoDB filter over `terms`: all keywords and all metadata hold; a list means any of it."""
    clauses: list[dict[str, Any]] = [{"terms": keyword_term(keyword)} for keyword in keywords]
    clauses += _metadata_clauses("", metadata)
    return {"$and": clauses} if clauses else {}


def _metadata_clauses(prefix: str, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    clauses: list[dict[str, Any]] = []
    for key, value in metadata.items():
        if isinstance(value, list):
            anyone = [metadata_term(prefix + key, item) for item in value]
            clauses.append({"terms": {"$in": anyone}})
        elif isinstance(value, Mapping):
            clauses += _metadata_clauses(f"{prefix}{key}.", value)
        else:
            clauses.append({"terms": metadata_term(prefix + key, value)})
    return clauses


def _metadata_terms(prefix: str, metadata: Mapping[str, Any]) -> set[str]:
    terms: set[str] = set()
    for key, value in metadata.items():
        if isinstance(value, Mapping):
            terms |= _metadata_terms(f"{prefix}{key}.", value)
            continue
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, Mapping):
                terms |= _metadata_terms(f"{prefix}{key}.", item)
            elif not isinstance(item, list):
                terms.add(metadata_term(prefix + key, item))
                if (number := number_of(item)) is not None:
                    terms.add(number_term(prefix + key, number))
    return terms


def _sortable(number: float) -> str:
    """16 hexadecimal digits that sort as the numbers do: IEEE 754 bits, negatives inverted."""
    bits = int.from_bytes(struct.pack(">d", number + 0.0))  # + 0.0: there is one zero
    return f"{bits ^ (2**64 - 1) if bits >> 63 else bits | 1 << 63:016x}"
