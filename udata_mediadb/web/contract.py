"""The contract of a route: what it takes and in which place; anything else is refused.

`declaring.takes` declares it on a method of a resource. The query string is checked before the
method runs; the body where it is read (`web.bodies`), so after the method has looked who asks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from flask import Response, after_this_request, current_app, g, request

from ..errors import InvalidFields
from .arguments import Argument, find, shown, unknown

EVERYWHERE = (
    Argument("lang", "the language of titles, descriptions and alt texts; `*`: all of them"),
)
FILE_PARTS = ("image", "media", "file")  # the first is ours, the others are what clients send too
READ_ONLY = "cannot be changed; it may be sent back as it was"
SEVERAL = "given several times with different values"
FILES = (Argument(FILE_PARTS[0], "The picture", aliases=FILE_PARTS[1:]),)
NAMED_MAX = 10  # unknown arguments that an answer names; a body may have a hundred thousand
Held = Callable[[], Mapping[str, Any]] | None


@dataclass(frozen=True)
class Contract:
    """What one method of one route takes.

    `headers`: for the documents; who reads one checks it. `image`: a picture, as a file part or as
    the whole body; what goes into the body may then stand in the query string, too, where a body of
    bytes has no room for it. `files_max`: how many file parts a form may have. `any_file`: the
    file is no picture, so a body of any type but JSON is it.
    """

    path: tuple[Argument, ...] = ()
    query: tuple[Argument, ...] = ()
    body: tuple[Argument, ...] = ()
    headers: tuple[Argument, ...] = ()
    image: bool = False
    files_max: int = 1
    any_file: bool = False

    @cached_property
    def in_query(self) -> tuple[Argument, ...]:
        more = tuple(one for one in self.body if one not in self.query) if self.image else ()
        return (*self.query, *more)

    @cached_property
    def takes_body(self) -> bool:
        return bool(self.body) or self.image


def current_contract() -> Contract:
    """That of the method which answers this request."""
    found: Contract = g.mediadb_contract
    return found


def enter(contract: Contract) -> None:
    """Make it the current one; InvalidFields where the query string does not keep to it."""
    g.mediadb_contract = contract
    known = (*contract.in_query, *EVERYWHERE)
    _refuse_unknown((name for name in request.args if not _named(known, name)), contract.in_query)
    errors = {}
    for name, values in request.args.lists():
        argument = _named(known, name)
        if argument and not argument.repeated and _differ(argument, values):
            errors[shown(name)] = SEVERAL
    if errors:
        raise InvalidFields(errors)


def check_form(
    form: Iterable[tuple[str, list[str]]], files: Iterable[str], held: Held = None
) -> dict[str, Any]:
    """The arguments of a form, names with all their values, as `check_body` gives them."""
    contract = current_contract()
    values: dict[str, Any] = {}
    errors = {}
    for name, sent in form:
        argument = _named(contract.body, name)
        is_list = argument is not None and argument.type == "array" and len(sent) > 1
        values[name] = sent if is_list else sent[0]
        if argument and not is_list and _differ(argument, sent):
            errors[shown(name)] = SEVERAL
    if errors:
        raise InvalidFields(errors)
    parts = FILES if contract.image else ()
    known = (*parts, *contract.body)
    _refuse_unknown((name for name in files if not _named(parts, name)), known)
    return check_body(values, held)


def check_body(values: Mapping[str, Any], held: Held = None) -> dict[str, Any]:
    """The arguments of a body with those of the query string that may stand there as well.

    `held`: gives the object that is changed, as it is answered. What was read may be sent back: a
    field of it that cannot be changed is left out here where it says what it said.

    InvalidFields for names that the contract has not, and for an argument that is in both places
    with different values.
    """
    contract = current_contract()
    unknown_names = [name for name in values if not _named(contract.body, name)]
    if unknown_names and held is not None:
        values = _without_unchanged(values, unknown_names, held())
        unknown_names = [name for name in unknown_names if name in values]
    _refuse_unknown(unknown_names, contract.body)
    merged, errors = dict(values), _nulls(contract, values)
    for argument in contract.in_query:
        if argument.name not in request.args or argument not in contract.body:
            continue
        sent = request.args[argument.name]
        if argument.differ(sent, merged.setdefault(argument.name, sent)):
            errors[argument.name] = "the query string and the body say different things"
    if errors:
        raise InvalidFields(errors)
    return merged


def _without_unchanged(
    values: Mapping[str, Any], names: Iterable[str], answer: Mapping[str, Any]
) -> dict[str, Any]:
    """InvalidFields for fields of the answer that were changed and cannot be."""
    mine = [name for name in names if name in answer]
    changed = [name for name in mine if _bare(values[name]) != _bare(answer[name])]
    if changed:
        raise InvalidFields(dict.fromkeys(changed, READ_ONLY))
    return {name: value for name, value in values.items() if name not in mine}


def _bare(value: Any) -> Any:
    """Links without their signatures, which are new every day."""
    is_link = isinstance(value, str) and value.startswith(("http://", "https://"))
    return value.partition("?")[0] if is_link else value


def _named(arguments: Sequence[Argument], name: str) -> Argument | None:
    """As `find`; most requests use the very names."""
    return next((one for one in arguments if one.name == name), None) or find(arguments, name)


def _nulls(contract: Contract, values: Mapping[str, Any]) -> dict[str, str]:
    """What is null in a change, and cannot be; in a creation null is as good as nothing."""
    if request.method not in ("PUT", "PATCH"):
        return {}
    empty = [one for one in contract.body if values.get(one.name, "") is None]
    return {one.name: "cannot be null" for one in empty if not one.schema.get("x-nullable")}


def _differ(argument: Argument, values: Sequence[str]) -> bool:
    return any(argument.differ(values[0], other) for other in values[1:])


def _refuse_unknown(names: Iterable[str], known: Sequence[Argument]) -> None:
    """400 for these, or a warning where the portal prefers one (MEDIADB_UNKNOWN_ARGUMENTS)."""
    errors = {shown(name): unknown(name, known) for name in islice(names, NAMED_MAX)}
    if not errors:
        return
    if current_app.config["MEDIADB_UNKNOWN_ARGUMENTS"] != "warn":
        raise InvalidFields(errors)
    text = "; ".join(f"{name}: {why}" for name, why in errors.items())

    @after_this_request
    def warn(response: Response) -> Response:
        before = response.headers.get("X-Warning")
        response.headers["X-Warning"] = f"{before}; {text}" if before else text
        return response
