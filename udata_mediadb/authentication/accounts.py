"""What authentication asks of the portal's users; the Host seam offers it, and more."""

from typing import Protocol

from flask import current_app

from .principal import ExternalIdentity, Principal


class Accounts(Protocol):
    """The users of a portal."""

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


def current_accounts() -> Accounts:
    """The users of the current app's portal."""
    accounts: Accounts = current_app.extensions["mediadb"].host
    return accounts
