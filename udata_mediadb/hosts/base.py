"""The Host seam: what a portal must offer."""

from collections.abc import Iterable
from typing import Any, Protocol

from flask import Flask
from flask_restx import Namespace

from ..auth.principal import Principal


class Host(Protocol):
    """A portal: its API, its users, its organisations."""

    name: str

    def init_app(self, app: Flask) -> None:
        """Prepare the app (called once per app, before `add_namespace`)."""

    def add_namespace(self, app: Flask, namespace: Namespace) -> tuple[str, str]:
        """Mount our routes on this app.

        Gives their URL prefix, such as `/api/1/mediadb`, and what their endpoint names begin with,
        such as `api.` (empty where no blueprint is in between).
        """

    def current_principal(self) -> Principal | None:
        """Who sent this request, None for nobody; Unauthenticated for credentials that are bad."""

    def user_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What to show of users, by id; unknown and deleted ones are left out."""

    def organization_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What to show of organisations, by id; unknown and deleted ones are left out."""
