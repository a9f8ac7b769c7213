"""What can be said of an application and of its keys."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..authentication.key_limits import READERS, SCOPES
from ..errors import InvalidFields
from ..hosts.about import ABOUT, requested_about
from ..web.arguments import Argument
from ..web.readers import NAME_LENGTH, read_flag, read_name
from .models import KEY_KINDS, NAMED

# What `options.default` may hold (LTU guide: url); the first value is the default.
DEFAULT_OPTIONS: Mapping[str, Sequence[object]] = {
    "url": (True, False),  # links, or the pictures themselves; LTU dialect
    "envelope": ("array", "object"),  # of search answers; LTU dialect
    "duplicates": ("allow", "reject", "return"),  # of pictures with the same bytes
    "embedded": ("propose", "take"),  # what files say of themselves, where the client says nothing
    "thorough": ("auto", "never", "always"),  # whether searches take a closer look
    "similar_to": (False, True),  # whether an upload says what shows the same already
}
REQUIRED, PRESET = "required", "about"
GRACE_MAX_S = 30 * 24 * 3600  # of a key that is replaced
PUBLISHING_ROLES = ("admin", "editor")
STATUSES = ("Active", "Inactive")


def read_id(value: Any) -> str:
    """An id of the portal."""
    if not isinstance(value, str) or not 0 < len(value) <= 64:
        raise ValueError("an id is text")
    return value


def _read_status(value: Any) -> str:
    if value not in STATUSES:
        raise ValueError(" or ".join(STATUSES))
    return str(value)


def _read_options(value: Any) -> dict[str, Any]:
    default = value.get("default", {}) if isinstance(value, dict) else None
    if (
        not isinstance(default, dict)
        or not set(value) <= {"default"}
        or not set(default) <= {*DEFAULT_OPTIONS, REQUIRED, PRESET}
    ):
        raise ValueError('options have the form {"default": {"url": true}}')
    for name, accepted in DEFAULT_OPTIONS.items():
        if name in default and default[name] not in accepted:
            known = ", ".join(json.dumps(value) for value in accepted)
            raise ValueError(f"default.{name} is one of {known}")
    for name in ("url", "similar_to"):
        if not isinstance(default.get(name, True), bool):  # 1 equals true
            raise ValueError(f"default.{name} is true or false")
    _check_publishing(default)
    return dict(value)


def _check_publishing(default: Mapping[str, Any]) -> None:
    """What a media must have to be published, and what it has where nothing is said of it."""
    names = [one.name for one in ABOUT]
    required, preset = default.get(REQUIRED, []), default.get(PRESET, {})
    if not isinstance(required, list) or not all(name in names for name in required):
        raise ValueError(f"default.{REQUIRED} is a list of some of {', '.join(names)}")
    if not isinstance(preset, dict) or not set(preset) <= set(names):
        raise ValueError(f"default.{PRESET} is an object with some of {', '.join(names)}")
    try:
        requested_about(preset)
    except InvalidFields as exc:
        raise ValueError(f"default.{PRESET}: {exc.message}") from exc


IN_PATH = Argument("application", "the application's id, 32 hexadecimal digits")
KEY_IN_PATH = Argument("key", "public, private, or the id of a named or retired key")
NAME = Argument(
    "name",
    f"at most {NAME_LENGTH:,} characters",
    read=read_name,
    schema={"maxLength": NAME_LENGTH, "example": "Photo library"},
)
ORGANIZATION = Argument(
    "organization", "id of the organisation that it is for; default: yourself", read=read_id
)
SIGNATURES = Argument(
    "signatures",
    "some of match, similarity, colors; default: match",
    "array",
    schema={"items": {"type": "string", "enum": ["match", "similarity", "colors"]}},
)
CHANGEABLE = (
    NAME,
    Argument(
        "public",
        "whether anyone may read, and search with the public key",
        "boolean",
        read=read_flag,
    ),
    Argument(
        "anonymous_search",
        "whether anyone may search it without any key, where it is public",
        "boolean",
        read=read_flag,
    ),
    Argument(
        "private_key_alone",
        "whether the private key administers without a token beside it",
        "boolean",
        read=read_flag,
    ),
    Argument(
        "status",
        "Inactive takes no pictures and answers no searches",
        read=_read_status,
        schema={"enum": list(STATUSES)},
    ),
    Argument(
        "options",
        'an object `{"default": {…}}`: `duplicates` allow, reject or return; `required`, a list of '
        "what media must have, such as licence and alt; `about`, an object of what they have where "
        "nothing is said; `embedded` propose or take; `similar_to` true or false; `thorough`; and "
        "for the LTU dialect `url` and `envelope`",
        "object",
        read=_read_options,
        schema={"example": {"default": {"duplicates": "allow"}}},
    ),
    SIGNATURES,
)
KEY_KIND = Argument(
    "kind",
    "public or private: a new one in place of the old; named: one more. Default: named where a "
    "name, scopes, addresses or an end are given, else private",
    schema={"enum": [*KEY_KINDS, NAMED]},
)
KEY_GRACE = Argument(
    "grace_s",
    "how long the old key of the pair stays good, in seconds; default: a day",
    "integer",
    schema={"minimum": 0, "maximum": GRACE_MAX_S},
)
KEY_LIMITS = (
    Argument("name", "what the key is for", read=READERS["name"], schema={"x-nullable": True}),
    Argument(
        "scopes",
        "what it may be used for, some of search, read, write and admin; default of a named key: "
        "search and read, of the others all that their kind may",
        "array",
        read=READERS["scopes"],
        aliases=("scope",),
        schema={"items": {"type": "string", "enum": list(SCOPES)}, "x-nullable": True},
    ),
    Argument(
        "allow",
        "addresses and networks (CIDR) that it may be used from; default: any",
        "array",
        read=READERS["allow"],
        schema={"x-nullable": True, "example": ["192.0.2.0/24", "2001:db8::/32"]},
    ),
    Argument(
        "ends_at",
        "until when it is good, a time such as 2030-05-01T12:00:00Z; default: for ever",
        read=READERS["ends_at"],
        aliases=("expires_at",),
        schema={"format": "date-time", "x-nullable": True},
    ),
)
