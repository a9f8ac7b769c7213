"""Who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Principal:
    """A user of the host. `organizations`: the role by organisation id."""

    user: str
    organizations: Mapping[str, str] = field(default_factory=dict)
    is_admin: bool = False
