"""Which portal, and with which key: options, the environment, or what `mediadb login` noted."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import click

from .. import BadRequest, MediaDB

NAMES = ("url", "key", "application", "application_key")
_CREDENTIALS = ("key", "application_key")
_MODE = 0o600  # it holds a key


@dataclass(frozen=True)
class Settings:
    """What is known of the portal."""

    url: str | None = None
    key: str | None = None
    application: str | None = None
    application_key: str | None = None

    def connect(self) -> MediaDB:
        """A client; UsageError where the portal is not known."""
        if not self.url:
            raise click.UsageError("Which portal? Use --url, MEDIADB_URL, or mediadb login.")
        try:
            return MediaDB(
                self.url,
                key=self.key,
                application=self.application,
                application_key=self.application_key,
            )
        except BadRequest as exc:
            raise click.UsageError(exc.message) from exc


def file() -> Path:
    """Where `mediadb login` notes it."""
    home = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(home) / "mediadb" / "login.json"


def settings(given: dict[str, str | None]) -> Settings:
    """Of options, then of the environment, then of the file.

    A key of the file goes to the portal that it was noted for, and to no other.
    """
    environment = {name: os.environ.get(f"MEDIADB_{name.upper()}") for name in NAMES}
    if any(given.get(name) for name in _CREDENTIALS):
        environment |= dict.fromkeys(_CREDENTIALS)
    said = {name: given.get(name) or environment[name] for name in NAMES}
    noted = _noted()
    if said["url"] and said["url"].rstrip("/") != str(noted.get("url", "")).rstrip("/"):
        noted = {}
    elif said["key"] or said["application_key"]:
        noted = {name: noted[name] for name in ("url", "application") if name in noted}
    return Settings(**{name: said[name] or noted.get(name) for name in NAMES})


def note(settings: Settings) -> Path:
    """Write the file, which only its owner may read."""
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True)
    known = {name: getattr(settings, name) for name in NAMES if getattr(settings, name)}
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "w") as opened:
        json.dump(known, opened)
    aside.replace(path)
    return path


def _noted() -> dict[str, str]:
    try:
        told = json.loads(file().read_text())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
