"""The secrets of a portal: the newest makes hashes, seals and signatures, any recognises them."""

import hashlib
import hmac
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Keyring:
    """`former`: secrets that were the newest once, the latest first (SECRET_KEY_FALLBACKS)."""

    newest: str
    former: tuple[str, ...] = ()

    def oldest_first(self) -> list[str]:
        """All secrets in the order that itsdangerous wants."""
        return [*reversed(self.former), self.newest]

    def derived(self, purpose: str) -> list[bytes]:
        """256-bit keys for one purpose, the newest first: none can stand in for another's."""
        message = f"udata-mediadb {purpose}".encode()
        secrets = (self.newest, *self.former)
        return [hmac.new(one.encode(), message, hashlib.sha256).digest() for one in secrets]
