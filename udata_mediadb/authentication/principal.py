"""Who is asking."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .key_limits import KeyLimits


@dataclass(frozen=True)
class Principal:
    """A user of the host. `organizations`: the role by organisation id.

    `may_write`: false for a token whose scope allows no changes. `limits`: those of the key that
    was sent, None for other credentials.
    """

    user: str
    organizations: Mapping[str, str] = field(default_factory=dict)
    is_admin: bool = False
    may_write: bool = True
    limits: KeyLimits | None = None


@dataclass(frozen=True)
class ExternalIdentity:
    """Whom a token of an outside OpenID provider names.

    `email`: only where the provider says that it verified it and the portal links by it.
    `groups`: pairs of an organisation's name or id and a role.
    """

    issuer: str
    subject: str
    name: str
    email: str | None = None
    groups: Sequence[tuple[str, str]] = ()
