"""The indexes of the current app."""

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
