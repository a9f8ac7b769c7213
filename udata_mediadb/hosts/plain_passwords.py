"""Passwords of a plain portal's users: argon2id (RFC 9106)."""

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from ..errors import InvalidFields

MIN_LENGTH = 8  # NIST SP 800-63B, 5.1.1.2
MAX_BYTES = 1024

# OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
_TIME_COST, _MEMORY_KIB, _LANES = 2, 19 * 1024, 1

# A hash with these parameters that no known password has; checked where there is no other, so that
# an unknown user takes as long as a known one.
NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$fiO5TYPqrO/+EaSl6CagfA"
    "$sWLx4agTSs9pwvg+CZEayzl/o+EveupgDhNhu2BnGjw"
)


def hash_password(password: str) -> str:
    """The hash to store; InvalidFields for a password that is too short or too long."""
    check_password_rules(password)
    return _hasher().hash(password)


def check_password_rules(password: str) -> None:
    """Raise InvalidFields for a password that is too short or too long."""
    if len(password) < MIN_LENGTH:
        raise InvalidFields({"password": f"at least {MIN_LENGTH} characters"})
    if len(password.encode()) > MAX_BYTES:
        raise InvalidFields({"password": f"at most {MAX_BYTES} bytes"})


def verify_password(password: str, stored: str | None) -> bool:
    """Whether this is the password; as slow for a user who has none (`stored` is None)."""
    if len(password.encode(errors="replace")) > MAX_BYTES:
        password, stored = "", None
    try:
        return _hasher().verify(stored or NOBODY, password) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def _hasher() -> PasswordHasher:
    return PasswordHasher(
        time_cost=_TIME_COST, memory_cost=_MEMORY_KIB, parallelism=_LANES, type=Type.ID
    )
