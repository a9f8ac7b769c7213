"""The Host seam: what a portal must offer."""

from collections.abc import Iterable
from typing import Any, Protocol

from flask import Flask
from flask_restx import Namespace

from ..auth.principal import ExternalIdentity, Principal


class Host(Protocol):
    """A portal: its API, its users, its organisations."""

    name: str
    reads_bearer_tokens: bool  # whether `current_principal` knows tokens that are not ours

    def init_app(self, app: Flask) -> None:
        """Prepare the app (called once per app, before `add_namespace`)."""

    def add_namespace(self, app: Flask, namespace: Namespace) -> tuple[str, str]:
        """Mount our routes on this app.

        Gives their URL prefix, such as `/api/1/mediadb`, and what their endpoint names begin with,
        such as `api.` (empty where no blueprint is in between).
        """

    def current_principal(self) -> Principal | None:
        """Who sent this request, None for nobody; Unauthenticated for credentials that are bad."""

    def principal(self, user: str) -> Principal | None:
        """The user of this id, None for one who is unknown, deleted or switched off."""

    def check_password(self, login: str, password: str) -> str | None:
        """The id of the user with this login (name or email) and password, else None.

        Takes the same time for unknown logins. Counts no attempts: the caller does.
        """

    def external_user(self, identity: ExternalIdentity) -> Principal | None:
        """The user whom an outside provider vouches for, None for nobody here."""

    def account(self, user: str) -> dict[str, str]:
        """`name` and `email` of a user, for the claims of an ID token."""

    def user_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What to show of users, by id; unknown and deleted ones are left out."""

    def organization_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What to show of organisations, by id; unknown and deleted ones are left out."""
