"""The rows of the smart builder: from the form to a query, and back from a query of that form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from ...errors import InvalidFields
from ...web.readers import number_of
from .languages import gettext, marked

KEYWORD = "keyword"
METADATA = "metadata."  # before the key, so that no key is taken for `keyword`
HOW: Mapping[str, str] = {
    "all": marked("all of these hold"),
    "any": marked("one of these holds"),
    "none": marked("none of these holds"),
}
OPERATIONS: Mapping[str, str] = {
    "is": marked("is"),
    "not": marked("is not"),
    "lt": marked("is less than, or before"),
    "lte": marked("is at most"),
    "gte": marked("is at least"),
    "gt": marked("is more than, or after"),
}
_BOUNDS = ("lt", "lte", "gte", "gt")
_NO_SIZE = marked("A keyword has no size: choose “is” or “is not”.")


@dataclass(frozen=True)
class Rule:
    """One row: `field` is `keyword` or `metadata.` with a key."""

    field: str = KEYWORD
    operation: str = "is"
    value: str = ""


def read_rules(sent: MultiDict[str, str]) -> list[Rule]:
    """The rows of a form; those without a value are left out."""
    rows = zip(
        sent.getlist("field"), sent.getlist("operation"), sent.getlist("value"), strict=False
    )
    return [
        Rule(field, operation, value.strip())
        for field, operation, value in rows
        if value.strip() and operation in OPERATIONS
    ]


def query_of(how: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """The query that smart collections are made of; {} for no rules.

    InvalidFields for a keyword that is compared in size, and for a `how` that is none of HOW.
    """
    if how not in HOW:
        raise InvalidFields({"how": f"one of {', '.join(HOW)}"})
    parts = [_clause(rule) for rule in rules]
    if not parts:
        return {}
    if how == "any":
        return {"or": parts}
    return {"not": {"or": parts}} if how == "none" else {"and": parts}


def rules_of(query: Mapping[str, Any]) -> tuple[str, list[Rule]] | None:
    """How and which rules; None for a query that the builder cannot show."""
    how, parts = "all", query.get("and")
    if list(query) == ["or"]:
        how, parts = "any", query["or"]
    elif list(query) == ["not"] and list(query["not"]) == ["or"]:
        how, parts = "none", query["not"]["or"]
    elif list(query) != ["and"]:
        return None
    rules = [_rule(part) for part in parts or ()]
    known = [rule for rule in rules if rule is not None]
    return (how, known) if known and len(known) == len(rules) else None


def name_of(rules: Sequence[Rule]) -> str:
    """What a collection of these rules is called where nobody says it."""
    signs = {"is": "", "not": "≠ ", "lt": "< ", "lte": "≤ ", "gte": "≥ ", "gt": "> "}
    parts = []
    for rule in rules:
        key = "" if rule.field == KEYWORD else f"{rule.field.removeprefix(METADATA)} "
        parts.append(f"{key}{signs[rule.operation]}{rule.value}")
    return ", ".join(parts)[:200]


def _clause(rule: Rule) -> dict[str, Any]:
    key = rule.field.removeprefix(METADATA)
    if rule.operation in _BOUNDS:
        if rule.field == KEYWORD:
            raise InvalidFields({"operation": gettext(_NO_SIZE)})
        number = number_of(rule.value)
        return {"range": {key: {rule.operation: rule.value if number is None else number}}}
    has: dict[str, Any] = {"metadata": {key: rule.value}}
    if rule.field == KEYWORD:
        has = {"keywords": [rule.value]}
    return {"not": has} if rule.operation == "not" else has


def _rule(part: Any) -> Rule | None:
    if list(part) == ["not"]:
        inner = _rule(part["not"])
        return Rule(inner.field, "not", inner.value) if inner and inner.operation == "is" else None
    if len(part) != 1:
        return None
    ((kind, held),) = part.items()
    if kind == "keywords" and len(held) == 1:
        return Rule(KEYWORD, "is", str(held[0]))
    if kind == "metadata" and len(held) == 1:
        ((key, value),) = held.items()
        return None if isinstance(value, list | dict) else Rule(METADATA + key, "is", str(value))
    if kind == "range" and len(held) == 1:
        ((key, bounds),) = held.items()
        if len(bounds) == 1:
            ((operation, value),) = bounds.items()
            text = f"{value:g}" if isinstance(value, float) else str(value)
            return Rule(METADATA + key, operation, text)
    return None
