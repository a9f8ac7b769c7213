"""What a host offers for import: pictures that its own objects show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .related import Related


@dataclass(frozen=True)
class PortalPicture:
    """One picture of the portal.

    `origin`: what shows it, the same at every import, such as `Reuse:5f…/image`. `read`: gives the
    bytes of a file that the portal holds, None for one that lies elsewhere, at `url`. `size`:
    bytes, as far as the portal knows.
    """

    origin: str
    name: str
    filename: str | None
    related: Sequence[Related] = ()
    read: Callable[[], bytes] | None = None
    url: str | None = None
    size: int | None = None
