"""What a portal answers, as dataclasses. What they do not know is kept in `extra`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

Json = dict[str, Any]
_TIMES = frozenset(
    {"created_at", "updated_at", "started_at", "ended_at", "deleted", "ends_at", "since", "used_at"}
)
_ENDED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True)
class Value:
    """The base: read from JSON, unknown fields kept in `extra`. `raw`: the answer as it came."""

    extra: Json = field(default_factory=dict, kw_only=True, repr=False, compare=False)
    raw: Json = field(default_factory=dict, kw_only=True, repr=False, compare=False)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From an answer. What it lacks has the default of the class."""
        known = cls.__dataclass_fields__.keys() - {"extra", "raw"}
        mine = {name: _read(name, value) for name, value in told.items() if name in known}
        extra = {name: value for name, value in told.items() if name not in known}
        return cls(**mine, extra=extra, raw=dict(told))


def _read(name: str, value: Any) -> Any:
    if name in _TIMES and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


@dataclass(frozen=True)
class Media(Value):
    """A picture of the library. `url` and `thumbnail_url` may be links that end."""

    id: str
    application: str | None = None
    name: str = ""
    filename: str | None = None
    external_id: str | None = None
    keywords: list[str] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    title: Any = None
    description: Any = None
    alt: Any = None
    creator: str | None = None
    credit: str | None = None
    source: str | None = None
    licence: Json | None = None
    rights: str | None = None
    taken_at: str | None = None
    place: Json | None = None
    attribution: Json | None = None
    related: list[Json] = field(default_factory=list)
    md5: str | None = None
    sha256: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    owner: Json | None = None
    organization: Json | None = None
    uri: str | None = None
    url: str | None = None
    thumbnail_url: str | None = None
    duplicate_of: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    deleted: datetime | None = None

    @property
    def label(self) -> str:
        """Its name; where it was given none (then its name is its id), that of its file."""
        return self.filename or self.name if self.name == self.id else self.name


@dataclass(frozen=True)
class Match(Value):
    """Where a picture was found in another one. Boxes are corners in fractions of its sides.

    `box`: in the stored picture, `query_box`: in the one that was sent. `homography`: nine numbers,
    stored picture to query, in fractions.
    """

    decision: str | None = None
    confidence: float | None = None
    mirrored: bool = False
    negative: bool = False
    inliers: int | None = None
    box: list[list[float]] | None = None
    query_box: list[list[float]] | None = None
    homography: list[float] | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        read = super().of({name: one for name, one in told.items() if name != "homography"})
        known = {name: getattr(read, name) for name in ("decision", "confidence", "mirrored")}
        return cls(
            **known,
            negative=read.negative,
            inliers=read.inliers,
            box=_points(told.get("reference")),
            query_box=_points(told.get("query")),
            homography=told.get("homography_normalized"),
            extra=dict(told),
            raw=dict(told),
        )


def _points(side: Any) -> list[list[float]] | None:
    box = side.get("matchingBox") if isinstance(side, Mapping) else None
    return box.get("points") if isinstance(box, Mapping) else None


@dataclass(frozen=True)
class Hit(Value):
    """What a search found. `details`: what each signature says, by its name."""

    media: Media
    decision: str | None = None
    distance: float | None = None
    score: float | None = None
    best_signature: str | None = None
    details: Json = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        read = super().of({**told, "media": Media.of(told["media"])})
        return replace(read, raw=dict(told))

    @property
    def match(self) -> Match | None:
        """Where it was found, None where match found nothing."""
        told = self.details.get("match")
        return Match.of(told) if isinstance(told, Mapping) else None


@dataclass(frozen=True)
class Collection(Value):
    """A list of media by hand, or (`query`) whatever meets it."""

    id: str
    application: str | None = None
    name: str = ""
    keywords: list[str] = field(default_factory=list)
    metadata: Json = field(default_factory=dict)
    parent: str | None = None
    collections: list[Any] = field(default_factory=list)
    query: Json | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True)
class Application(Value):
    """A library of its own."""

    id: str
    name: str = ""
    public: bool = False
    status: str = "Active"
    signatures: list[str] = field(default_factory=list)
    public_key: str | None = None
    options: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Key(Value):
    """A key of an application. `key`: itself, where the portal shows it."""

    id: str
    kind: str | None = None
    key: str | None = field(default=None, repr=False)
    name: str | None = None
    scopes: list[str] | None = None
    allow: list[str] | None = None
    since: datetime | None = None
    used_at: datetime | None = None
    ends_at: datetime | None = None
    retired: bool = False


@dataclass(frozen=True)
class Job(Value):
    """Work that outlives a request. `done`, `failed`: items, of `total` where they are counted."""

    id: str
    kind: str = ""
    application: str | None = None
    state: str = "queued"
    total: int | None = None
    done: int = 0
    failed: int = 0
    progress: float | None = None
    rate: float | None = None
    ends_at: datetime | None = None
    counts: dict[str, int] = field(default_factory=dict)
    result: Json = field(default_factory=dict)
    arguments: Json = field(default_factory=dict)
    message: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in _ENDED


@dataclass(frozen=True)
class Upload(Value):
    """A file that is sent in parts. `offset`: bytes that are there, of `length`."""

    id: str
    offset: int = 0
    length: int = 0


@dataclass(frozen=True)
class Exam(Value):
    """An exam of a library's own pictures. `result`: once it has ended. `extra["of"]`: how many
    pictures there were."""

    id: str
    application: str | None = None
    signature: str | None = None
    seed: int | None = None
    pictures: int = 0
    searches: int = 0
    result: Json = field(default_factory=dict)
    created_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class DuplicateGroup(Value):
    """Media that show the same. `version`: as it was seen; `hindrance`: why it is never merged."""

    id: str
    application: str | None = None
    kind: str = ""
    state: str = "open"
    version: str | None = None
    whole: str | None = None
    media: list[Media] = field(default_factory=list)
    pairs: list[Json] = field(default_factory=list)
    suggestion: Json = field(default_factory=dict)
    hindrance: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        read = super().of({**told, "media": [Media.of(one) for one in told.get("media") or ()]})
        return replace(read, raw=dict(told))
