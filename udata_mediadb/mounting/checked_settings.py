"""Settings that would be taken and do nothing: a wrong word is refused, the rest is logged.

What is set after `init_app` is not seen here.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from flask import Flask

from ..dialects.pages.languages import NAMES
from ..errors import Misconfigured
from ..hosts.base import Host
from .settings import SETTINGS

_PREFIX = "MEDIADB_"
_OF_STORAGE = "MEDIADB_FS_"  # flask-storage's own
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "MEDIADB_APIKEY_REVEAL": ("owner", "once"),
    "MEDIADB_LIMIT_STORAGE": ("memory", "mongodb"),
    "MEDIADB_LOG_FORMAT": ("text", "json"),
    "MEDIADB_UNKNOWN_ARGUMENTS": ("refuse", "warn"),
}
_LANGUAGES = "MEDIADB_PAGES_LANGUAGES"
# With this value of the first, the others do nothing.
_IN_VAIN: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("MEDIADB_JOBS_IN_WEB", False, ("MEDIADB_JOBS_LOOK_EVERY_S",)),
    (
        "MEDIADB_PAGES_PREFIX",
        None,
        ("MEDIADB_PAGES_LAYOUT", _LANGUAGES, "MEDIADB_PAGES_SAMPLE"),
    ),
    ("MEDIADB_TOKEN_ENDPOINT", False, ("MEDIADB_TOKEN_ACCESS_S", "MEDIADB_TOKEN_REFRESH_S")),
)


def check_settings(app: Flask, host: Host) -> None:
    """Misconfigured for a value that is none of those that there are; a warning for each setting
    that does nothing."""
    _require_known_words(app.config)
    for sentence in _in_vain(app.config, host):
        app.logger.warning(sentence)


def _require_known_words(config: Mapping[str, Any]) -> None:
    for name, choices in _CHOICES.items():
        if config[name] not in choices:
            raise Misconfigured(f"{name} is {' or '.join(choices)}, not {config[name]!r:.60}.")
    languages = config[_LANGUAGES]
    if isinstance(languages, str) or not languages:
        known = ", ".join(NAMES)
        raise Misconfigured(f"{_LANGUAGES} is a list of some of {known}, not {languages!r:.60}.")


def _in_vain(config: Mapping[str, Any], host: Host) -> Iterator[str]:
    """What is set and does nothing, a sentence for each."""
    defaults = {one.name: one.default for one in SETTINGS}
    for name in config:
        is_ours = name.startswith(_PREFIX) and not name.startswith(_OF_STORAGE)
        if is_ours and name not in defaults:
            close = get_close_matches(name, defaults, 1)
            meant = f"; is {close[0]} meant?" if close else "."
            yield f"{name} does nothing: there is no such setting{meant}"
    for cause, value, names in _IN_VAIN:
        if config[cause] is value:
            for name in names:
                if config[name] != defaults[name]:
                    yield f"{name} does nothing where {cause} is {value}."
    for one in config[_LANGUAGES]:
        if one not in NAMES:
            yield f"{one!r:.60} in {_LANGUAGES} does nothing: there are {', '.join(NAMES)}."
    if config["MEDIADB_LICENCES"] and not host.has_own_accounts:
        yield "MEDIADB_LICENCES does nothing: this portal has licences of its own."
