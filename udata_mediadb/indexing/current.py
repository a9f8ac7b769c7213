"""The indexes of the current app."""

from collections.abc import Iterable

from flask import current_app

from ..recognition.registered import RegisteredSignature
from .catalogs import Catalogs


def current_catalogs() -> Catalogs:
    """One catalog for each application and signature."""
    catalogs: Catalogs = current_app.extensions["mediadb"].catalogs
    return catalogs


def current_registry() -> dict[str, RegisteredSignature]:
    """The signatures of this installation."""
    return current_catalogs().registry


def note_added(application: str, names: Iterable[str]) -> None:
    """A media was stored in the application: see `Catalogs.note_added`."""
    current_catalogs().note_added(application, names)
