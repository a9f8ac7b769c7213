"""P8: smart collections, and the builder that shows at once what its rules find."""

import json
from typing import Any

from flask import Response, redirect, request, url_for

from ...application.models import Application
from ...collection import actions
from ...collection.models import SmartCollection
from ...errors import InvalidFields
from ...filters.compose import Criteria, compose
from ...filters.conditions import SMART_FORM, read_query
from ...media.counts import current_counts
from ...media.cursors import NEWEST_FIRST
from ...media.facets import current_facets
from ...media.listing import active_in, list_page
from ...search.rules.smart import drop_rules, with_rules
from ...web.pages import Page, PageRequest, parse_page, require_in_range
from .csrf import require_own_form
from .languages import gettext
from .presenting import presented
from .rendering import PAGE_SIZE, neighbours, page
from .rules import HOW, METADATA, OPERATIONS, Rule, name_of, query_of, read_rules, rules_of
from .visitor import editable, find_visible, may_edit

PREVIEWED = 12
_ROWS = 3  # at least, and always one more than there are rules


def smart(application: str, collection: str) -> str:
    """What a smart collection finds at this moment."""
    library = find_visible(application)
    found = actions.find_smart_collection(collection, library.id)
    wanted = parse_page(
        {"page": request.args.get("page"), "page_size": PAGE_SIZE}, max_size=PAGE_SIZE
    )
    members = _meeting(library, actions.stored_query(found), wanted)
    require_in_range(members)
    return page(
        "smart.html",
        library=library,
        section="collections",
        collection=found,
        media=presented(members.items, library),
        found=members,
        neighbours=neighbours(members),
        editable=may_edit(library),
    )


def build(application: str, collection: str | None = None) -> str:
    """The builder: its rules are in the address, and what they find below it."""
    library = editable(application)
    known = actions.find_smart_collection(collection, library.id) if collection else None
    how, rules, fixed = _asked(known)
    trouble, query, found = _previewed(library, how, rules, fixed)
    blank = [Rule()] * max(1, _ROWS - len(rules))
    return page(
        "builder.html",
        library=library,
        section="collections",
        collection=known,
        name=request.args.get("name", known.name if known else ""),
        suggested=name_of(rules),
        how=how,
        hows=HOW,
        rules=[*rules, *blank],
        fixed=fixed,
        operations=OPERATIONS,
        keys=_keys(library, rules),
        trouble=trouble,
        found=found,
        media=presented(found.items, library) if found else [],
        json=json.dumps(query, ensure_ascii=False, indent=2) if query else "",
    )


def store(application: str, collection: str | None = None) -> Response:
    """Keep what was built; to what it finds."""
    require_own_form()
    library = editable(application)
    known = actions.find_smart_collection(collection, library.id) if collection else None
    if known and request.form.get("do") == "delete":
        actions.delete_smart_collection(known, drop_rules)
        return redirect(url_for(".collections", application=library.id), 303)  # type: ignore[return-value]
    rules = read_rules(request.form)
    sent: dict[str, Any] = {"name": request.form.get("name", "").strip() or name_of(rules)}
    if "field" in request.form:
        sent["query"] = query_of(request.form.get("how", "all"), rules) or None
    if known is None and not sent.get("query"):
        raise InvalidFields({"value": gettext("Give at least one rule a value.")})
    kept = _kept(library, known, sent)
    where = url_for(".smart", application=library.id, collection=kept.id)
    return redirect(where, 303)  # type: ignore[return-value]


def _kept(
    library: Application, known: SmartCollection | None, sent: dict[str, Any]
) -> SmartCollection:
    if known is None:
        return actions.create_smart_collection(library.id, sent)
    return actions.update_smart_collection(known, sent, rules=with_rules)


def _asked(known: SmartCollection | None) -> tuple[str, list[Rule], dict[str, Any] | None]:
    """How, which rules, and a query that no rules can show."""
    if "field" in request.args or known is None:
        how = request.args.get("how", "all")
        return how if how in HOW else "all", read_rules(request.args), None
    query = actions.stored_query(known)
    shown = rules_of(query)
    return (*shown, None) if shown else ("all", [], query)


def _previewed(
    library: Application, how: str, rules: list[Rule], fixed: dict[str, Any] | None
) -> tuple[str, dict[str, Any], Page[Any] | None]:
    """What is wrong with the rules, else their query and what meets it now."""
    try:
        query = fixed or query_of(how, rules)
        if not query:
            return "", {}, None
        known = read_query(query, form=SMART_FORM)
        return "", query, _meeting(library, known, PageRequest(1, PREVIEWED))
    except InvalidFields as error:
        return "; ".join(error.errors.values()), {}, None


def _meeting(library: Application, query: dict[str, Any], wanted: PageRequest) -> Page[Any]:
    meeting = active_in([library.id], compose(Criteria(query=query)))
    return list_page(meeting, NEWEST_FIRST, wanted, counts=current_counts(), application=library.id)


def _keys(library: Application, rules: list[Rule]) -> list[str]:
    """The metadata keys to choose from: those that the pictures have, and those that are used."""
    counted = current_facets().count(library.id, active_in([library.id]), "metadata")
    used = [rule.field.removeprefix(METADATA) for rule in rules if rule.field.startswith(METADATA)]
    return list(dict.fromkeys([*(one.value for one in counted[:100]), *used]))
