"""The Host seam: what a portal must offer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from flask import Flask
from flask_restx import Namespace

from ..authentication.accounts import Accounts
from ..authentication.principal import Principal
from ..errors import MediaDBError
from .licences import Licence
from .portal_picture import PortalPicture
from .related import Related


class Host(Accounts, Protocol):
    """A portal: its API, its users (`Accounts`), its organisations."""

    name: str
    reads_bearer_tokens: bool  # whether `current_principal` knows tokens that are not ours
    has_own_accounts: bool  # whether users, organisations and keys are ours
    answers_routing_errors: bool  # whether unknown paths below ours are left to us
    related_classes: Sequence[str] | None  # of objects that a media may illustrate; None: any

    def init_app(self, app: Flask) -> None:
        """Prepare the app (called once per app, before `add_namespace`)."""

    def add_namespace(self, app: Flask, namespace: Namespace) -> tuple[str, str]:
        """Mount our routes on this app.

        Gives their URL prefix, such as `/api/1/mediadb`, and what their endpoint names begin with,
        such as `api.` (empty where no blueprint is in between).
        """

    def exempt_csrf(self, app: Flask, blueprints: Iterable[str]) -> None:
        """Ask for no CSRF token of the portal on these blueprints: keys and tokens count there and
        no cookie, or the forms have a token of ours."""

    def sign_in_url(self, after: str) -> str | None:
        """The portal's own page to sign in at, which leads to the path `after`; None: ours."""

    def wake_workers(self) -> None:
        """A job came into the queue: tell the portal's own workers, where it has such."""

    def sign_out_url(self) -> str | None:
        """The portal's own way to sign out; None: ours."""

    def session_principal(self) -> Principal | None:
        """Who has signed in with this browser on the portal's own pages, None for nobody. For pages
        with forms that nobody can forge; `current_principal` is for the APIs."""

    def language(self) -> str | None:
        """The language that this visitor chose in the portal, such as `fr`; None: none."""

    def licences(self) -> Mapping[str, Licence]:
        """The licences that a picture may have, by their ids."""

    def in_own_words(self, error: MediaDBError) -> MediaDBError:
        """The error as this portal words it, for the dialect that follows the portal's own API."""

    def is_read_only(self, principal: Principal | None) -> bool:
        """Whether the portal takes no changes at present; None is a key without a user."""

    def find_principal(self, identifier: str) -> Principal:
        """The user with this email or id, for commands; NotFound where there is none."""

    def find_organization(self, identifier: str) -> str:
        """The id of the organisation with this name, slug or id, for commands; else NotFound."""

    def user_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What to show of users, by id; unknown and deleted ones are left out."""

    def organization_refs(self, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """What to show of organisations, by id; unknown and deleted ones are left out."""

    def related_refs(
        self, related: Iterable[Related], principal: Principal | None
    ) -> dict[Related, dict[str, Any]]:
        """What to show of objects that media illustrate; those are left out that are unknown,
        deleted, or hidden from this principal. At most one query for each class."""

    def has_pictures(self) -> bool:
        """Whether `pictures` gives any; asks nobody."""

    def pictures(self, *, avatars: bool) -> Sequence[PortalPicture] | None:
        """The pictures that the portal's public objects show, for import; None where there is no
        such thing. `avatars`: those of users as well."""
