"""The objects of a place: each content once, under its checksum; sealed where one wishes so."""

import gzip
import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ...errors import Conflict, InvalidRequest
from .places import Place

FORMAT = 1
ABOUT = "mediadb-backup.json"
_NONCE_BYTES, _SALT_BYTES, _KEY_BYTES = 12, 16, 32
# scrypt as RFC 7914 and OWASP have it for passwords: 64 MB, a fifth of a second
_COST, _BLOCK, _PARALLEL = 1 << 16, 8, 1


class DamagedBackup(Conflict):
    """What is read is not what was written."""


@dataclass(frozen=True)
class Sealer:
    """AES-256-GCM under a key of a password; an object cannot be given another's name."""

    key: bytes

    def seal(self, name: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, content, name.encode())

    def opened(self, name: str, sealed: bytes) -> bytes:
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return AESGCM(self.key).decrypt(nonce, rest, name.encode())
        except (InvalidTag, ValueError) as exc:
            raise DamagedBackup(f"{name} is damaged, or was sealed with another password") from exc


class Objects:
    """What a backup reads and writes."""

    def __init__(self, place: Place, sealer: Sealer | None = None) -> None:
        self._place, self._sealer = place, sealer
        self._there: dict[str, set[str]] = {}

    @classmethod
    def open(cls, place: Place, password: str | None, *, new: bool) -> "Objects":
        """Those of a place. `new`: make it one of backups where it is empty.

        InvalidRequest where it is no place of backups, or the password is not the right one.
        """
        about = _about(place)
        if about is None:
            if not new:
                raise InvalidRequest(f"there is no backup in this place ({ABOUT} is missing)")
            if next(place.names(""), None) is not None:
                raise InvalidRequest(
                    f"this place holds other things, and no backup ({ABOUT} is missing): a new "
                    "backup takes an empty one"
                )
            salt = os.urandom(_SALT_BYTES)
            about = {"format": FORMAT, "salt": salt.hex() if password else None}
            if password:
                sealer = Sealer(_derived(password, salt))
                about["check"] = sealer.seal(ABOUT, b"").hex()
            place.write(ABOUT, json.dumps(about).encode())
        if about.get("format") != FORMAT:
            raise InvalidRequest(f"backups of format {about.get('format')!r} cannot be read here")
        return cls(place, _sealer(about, password))

    def digest(self, content: bytes) -> str:
        """The name of a content: nobody can tell from it what a sealed backup holds."""
        plain = hashlib.sha256(content).digest()
        return (
            hmac.new(self._sealer.key, plain, "sha256").hexdigest() if self._sealer else plain.hex()
        )

    def has(self, folder: str, digest: str) -> bool:
        """Whether a content is there, as far as its name tells."""
        return digest in self._known(folder)

    def store(self, folder: str, content: bytes) -> tuple[str, bool]:
        """Keep a content once; its digest, and whether it is new. It is read back and compared."""
        digest = self.digest(content)
        if digest in self._known(folder):
            return digest, False
        name = _name(folder, digest)
        self.write(name, content)
        self._known(folder).add(digest)
        return digest, True

    def load(self, folder: str, digest: str) -> bytes:
        """A content; DamagedBackup where it is not what was stored."""
        name = _name(folder, digest)
        content = self.read(name)
        if self.digest(content) != digest:
            raise DamagedBackup(f"{name} is damaged")
        return content

    def write(self, name: str, content: bytes) -> None:
        """An object under a name of its own; read back and compared."""
        stored = self._sealer.seal(name, content) if self._sealer else content
        self._place.write(name, stored)
        if self._place.read(name) != stored:
            raise DamagedBackup(f"{name} cannot be read back as it was written")

    def read(self, name: str) -> bytes:
        """The object of this name; DamagedBackup where it is missing or not whole."""
        try:
            stored = self._place.read(name)
        except OSError as exc:
            raise DamagedBackup(f"{name} cannot be read: {exc}") from exc
        return self._sealer.opened(name, stored) if self._sealer else stored

    def names(self, start: str) -> Iterator[str]:
        """The names of objects that begin so."""
        return self._place.names(start)

    def _known(self, folder: str) -> set[str]:
        if folder not in self._there:
            names = self._place.names(f"{folder}/")
            self._there[folder] = {one.rpartition("/")[2] for one in names}
        return self._there[folder]


def packed(content: bytes) -> bytes:
    """Compressed, always to the same bytes."""
    return gzip.compress(content, 3, mtime=0)


def unpacked(content: bytes) -> bytes:
    """What was packed."""
    return gzip.decompress(content)


def _name(folder: str, digest: str) -> str:
    return f"{folder}/{digest[:2]}/{digest}"


def _about(place: Place) -> dict[str, object] | None:
    try:
        told: dict[str, object] = json.loads(place.read(ABOUT))
    except OSError:
        if next(place.names(ABOUT), None) is not None:
            raise
        return None
    except ValueError as exc:
        raise DamagedBackup(f"{ABOUT} is damaged") from exc
    return told


def _sealer(about: dict[str, object], password: str | None) -> Sealer | None:
    if about.get("salt") is None:
        if password:
            raise InvalidRequest("these backups are not sealed: give no password, or another place")
        return None
    if not password:
        raise InvalidRequest("these backups are sealed: give the file with the password")
    sealer = Sealer(_derived(password, bytes.fromhex(str(about["salt"]))))
    try:
        sealer.opened(ABOUT, bytes.fromhex(str(about["check"])))
    except DamagedBackup as exc:
        raise InvalidRequest("this is not the password of these backups") from exc
    return sealer


def _derived(password: str, salt: bytes) -> bytes:
    scrypt = Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=_BLOCK, p=_PARALLEL)
    return scrypt.derive(password.encode())
