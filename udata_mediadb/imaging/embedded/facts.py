"""The facts that a file may hold, and how several sources make one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

TEXT_LENGTH = 10_000  # a description; longer is cut
LINE_LENGTH = 1_000  # a title, a name, a credit line
KEYWORDS_COUNT, KEYWORD_LENGTH = 200, 200  # as of a media
CREATORS_COUNT = 20
DEFAULT = "x-default"  # the language of a text that names none (XMP part 1, 8.2.2.4)


@dataclass(frozen=True)
class Place:
    """Where it was taken. `latitude`, `longitude`: degrees, WGS 84; None without both."""

    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Facts:
    """What a file says. Texts by language have "x-default" where no language is named.

    `taken_at`: ISO 8601 in the precision that the file has ("1932", "2024-05-01T10:00:00+02:00").
    """

    title: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    alt: Mapping[str, str] = field(default_factory=dict)
    creators: tuple[str, ...] = ()
    credit: str | None = None
    copyright: str | None = None
    source: str | None = None
    licence_url: str | None = None
    taken_at: str | None = None
    keywords: tuple[str, ...] = ()
    place: Place | None = None


def merged(sources: Iterable[Facts]) -> Facts:
    """Each fact by the first source that has it."""
    found = list(sources)
    chosen = {
        one.name: next((value for f in found if (value := getattr(f, one.name))), None)
        for one in fields(Facts)
    }
    return Facts(**{name: value for name, value in chosen.items() if value})


def line(text: object) -> str | None:
    """One line of text without control characters; None for what is none, or empty."""
    return _clean(text, LINE_LENGTH, "")


def paragraph(text: object) -> str | None:
    """Text that may have line breaks."""
    return _clean(text, TEXT_LENGTH, "\n")


def lines(texts: Iterable[object], count: int, length: int = LINE_LENGTH) -> tuple[str, ...]:
    """Clean ones, each once, at most so many of that length."""
    clean = (text[:length] for one in texts if (text := line(one)))
    return tuple(dict.fromkeys(clean))[:count]


def in_default(text: str | None) -> dict[str, str]:
    """A text whose language is not known."""
    return {DEFAULT: text} if text else {}


def _clean(text: object, length: int, kept: str) -> str | None:
    if not isinstance(text, str):
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")[: 2 * length]
    shown = "".join(c if c.isprintable() or c in kept else " " for c in text)
    if not kept:
        shown = " ".join(shown.split())
    return shown.strip()[:length] or None
