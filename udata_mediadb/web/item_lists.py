"""A list of objects, as restx marshals it, in a sixth of the time.

restx finds each value anew, by a way that serves every kind of object: 1.2 us for each of some
4,500 values of a page. Ours are dicts and most values are of the type that is shown.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask_restx import fields

Format = Callable[[Any], Any]


class ItemList(fields.List):
    """A list of `Nested`; what it answers is what `fields.List` would."""

    def format(self, value: Any) -> Any:
        quick = _object_format(self.container) if type(self.container) is fields.Nested else None
        if quick is None or any(type(one) is not dict for one in value):
            return super().format(value)
        return [quick(one) for one in value]


def _object_format(field: fields.Nested) -> Format | None:
    """What shows a dict; None where restx is to do all."""
    nested = field.nested
    odd = (dict, fields.Wildcard)
    if field.skip_none or getattr(nested, "__mask__", None) is not None:
        return None
    if any(isinstance(one, odd) for one in nested.values()):
        return None
    made = {name: one() if isinstance(one, type) else one for name, one in nested.items()}
    formats = {name: _format_of(name, one) for name, one in made.items()}
    return lambda item: _marshalled(item, made, formats)


def _marshalled(
    item: Mapping[str, Any], made: Mapping[str, fields.Raw], formats: Mapping[str, Format | None]
) -> dict[str, Any]:
    out = {}
    for name, quick in formats.items():
        value = item.get(name, _ABSENT)
        if (
            quick is None
            or value is _ABSENT
            or (value is None and type(made[name]) is fields.Nested)
        ):
            out[name] = made[name].output(name, item, ordered=False)
        else:
            out[name] = None if value is None else quick(value)
    return out


def _format_of(name: str, field: fields.Raw) -> Format | None:
    """What shows a value that is not None; None where restx is to do all."""
    if "." in name or any(getattr(field, one) is not None for one in _SPECIAL):
        return None
    if type(field) is fields.List:
        return _list_format(field)
    return _FORMATS.get(type(field), lambda _: None)(field)


def _nested_format(field: fields.Nested) -> Format | None:
    quick = _object_format(field)
    if quick is None:
        return None
    return lambda value: (
        quick(value) if type(value) is dict else field.output("value", {"value": value})
    )


def _list_format(field: fields.List) -> Format | None:
    if type(field.container) is not fields.String or field.container.attribute is not None:
        return None

    def shown(value: Any) -> Any:
        if type(value) is list and all(type(one) is str for one in value):
            return list(value)
        return field.output("value", {"value": value})

    return shown


def _typed(kind: type) -> Callable[[fields.Raw], Format]:
    """Of a field that shows values of this type as they are."""

    def made(field: fields.Raw) -> Format:
        return lambda value: value if type(value) is kind else field.format(value)

    return made


_ABSENT = object()
_SPECIAL = ("attribute", "default", "mask")
_FORMATS: Mapping[type, Callable[[fields.Raw], Format | None]] = {
    fields.Raw: lambda _: lambda value: value,
    fields.String: _typed(str),
    fields.Integer: _typed(int),
    fields.DateTime: lambda field: field.format,
    fields.Boolean: lambda field: field.format,
    fields.Nested: _nested_format,
}
