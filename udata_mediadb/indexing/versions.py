"""Which version of each signature an application's searches use.

Signatures are registered by name, those of a former version by their key ("similarity@lite0"): it
serves until the descriptions of the new one are complete. `described_versions` of an application
says which version is.
"""

from collections.abc import Iterable, Mapping

from ..recognition.registered import RegisteredSignature


def versions_of(registry: Mapping[str, RegisteredSignature]) -> dict[str, str]:
    """The version of each signature, by name; former ones are left out."""
    return {
        name: registered.signature.version
        for name, registered in registry.items()
        if name == registered.signature.name
    }


def in_use(
    registry: Mapping[str, RegisteredSignature], described: Mapping[str, str], name: str
) -> str:
    """What to search by: the name, or the key of the former version until the new one serves."""
    former = f"{name}@{described.get(name)}"
    is_complete = described.get(name) == registry[name].signature.version
    return former if not is_complete and former in registry else name


def to_describe(
    registry: Mapping[str, RegisteredSignature],
    described: Mapping[str, str],
    names: Iterable[str],
) -> dict[str, RegisteredSignature]:
    """The signatures by which a new picture is described, by their keys."""
    used = [one for name in names for one in (name, in_use(registry, described, name))]
    return by_key(registry[one] for one in used)


def by_key(registry: Iterable[RegisteredSignature]) -> dict[str, RegisteredSignature]:
    """Signatures as registered, by their keys."""
    return {registered.key: registered for registered in registry}


def is_incomplete(
    registry: Mapping[str, RegisteredSignature],
    described: Mapping[str, str],
    names: Iterable[str],
) -> bool:
    """Whether descriptions are to be computed, or to be removed."""
    left = set(described) - set(names)
    return bool(left or unbuilt(registry, described, names))


def unbuilt(
    registry: Mapping[str, RegisteredSignature],
    described: Mapping[str, str],
    names: Iterable[str],
) -> list[str]:
    """The signatures, of these, whose descriptions may not be complete yet."""
    versions = versions_of(registry)
    return [name for name in names if described.get(name) != versions[name]]
