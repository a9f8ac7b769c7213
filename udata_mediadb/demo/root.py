"""The directory of a demo: its lock, its settings, and `demo.json`.

Everything in it is for the owner only: the settings hold the secret key and the API key.
"""

import contextlib
import fcntl
import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from .errors import DemoError

# A demo that was killed holds the lock until its leashes have ended what it started.
LOCK_PATIENCE_S = 6.0


@dataclass
class Settings:
    """What a demo remembers between two starts (`settings.json`).

    `mongodb_uri`: of the last start, with the database. `instance`: sets its database apart on a
    server that others use too. `samples_imported`: a sample that was deleted later stays deleted.
    """

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    instance: str = field(default_factory=lambda: secrets.token_hex(4))
    mongodb_uri: str = ""
    x_api_key: str = ""
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    application: str = ""
    samples_imported: bool = False


@dataclass(frozen=True)
class Root:
    """Paths in the demo's directory (absolute)."""

    path: Path

    @property
    def mongodb(self) -> Path:
        return self.path / "mongodb"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def server_log(self) -> Path:
        return self.path / "gunicorn.log"

    @property
    def announcement(self) -> Path:
        return self.path / "demo.json"

    def load(self) -> Settings:
        """The settings; new ones in a new directory."""
        path = self._settings
        try:
            return Settings(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return Settings()
        except (TypeError, ValueError) as error:
            raise DemoError(f"{path} cannot be read ({error}); remove {self.path}") from error

    def save(self, settings: Settings) -> None:
        """Keep the settings."""
        write_private(self._settings, asdict(settings))

    def announce(self, facts: dict[str, Any]) -> None:
        """Write `demo.json`: the demo serves."""
        write_private(self.announcement, facts)

    def withdraw(self) -> None:
        """Remove `demo.json`: the demo does not serve (any more)."""
        self.announcement.unlink(missing_ok=True)

    @property
    def _settings(self) -> Path:
        return self.path / "settings.json"


@contextlib.contextmanager
def open_root(path: Path) -> Iterator[tuple[Root, int]]:
    """The directory, made if need be (mode 0700), and its lock as a descriptor.

    Children that inherit the descriptor keep the lock until they end. DemoError when it cannot be
    written, or when another demo runs on it.
    """
    path = path.expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / "demo.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise DemoError(f"cannot write to {path}: {error.strerror}") from error
    try:
        _take(lock, path)
        yield Root(path), lock
    finally:
        os.close(lock)


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write JSON with mode 0600; a reader sees the old file or the new one, never a part."""
    # mkstemp makes the file with mode 0600, so it is never readable by others in between
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor
            json.dump(content, file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _take(lock: int, path: Path) -> None:
    deadline_s = time.monotonic() + LOCK_PATIENCE_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            holder = os.pread(lock, 20, 0).decode("ascii", errors="replace").strip()
            if _is_alive(holder) or time.monotonic() > deadline_s:
                raise DemoError(
                    f"another demo runs on {path} (process {holder or 'unknown'}); "
                    "stop it, or choose another --root"
                ) from None
        time.sleep(0.1)
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        pass
    return True
