"""Which version of each signature an application's searches use.

Methods are registered by name, those of a former version by their key ("similarity@lite0"): it
serves until the descriptions of the new one are complete. `built` of an application says which
version is.
"""

from collections.abc import Iterable, Mapping

from .method import Method
from .models import signature_key


def versions_of(methods: Mapping[str, Method]) -> dict[str, str]:
    """The version of each signature, by name; former ones are left out."""
    return {
        name: method.signature.version
        for name, method in methods.items()
        if name == method.signature.name
    }


def in_use(methods: Mapping[str, Method], built: Mapping[str, str], name: str) -> str:
    """What to search by: the name, or the key of the former version while the new one is built."""
    former = f"{name}@{built.get(name)}"
    is_built = built.get(name) == methods[name].signature.version
    return former if not is_built and former in methods else name


def to_describe(
    methods: Mapping[str, Method], built: Mapping[str, str], names: Iterable[str]
) -> dict[str, Method]:
    """The methods by which a new picture is described, by their keys."""
    used = [one for name in names for one in (name, in_use(methods, built, name))]
    return by_key(methods[one] for one in used)


def by_key(methods: Iterable[Method]) -> dict[str, Method]:
    """Methods by the keys of their signatures."""
    return {signature_key(method.signature): method for method in methods}


def unbuilt(
    methods: Mapping[str, Method], built: Mapping[str, str], names: Iterable[str]
) -> list[str]:
    """The signatures, of these, whose descriptions may not be complete yet."""
    versions = versions_of(methods)
    return [name for name in names if built.get(name) != versions[name]]
