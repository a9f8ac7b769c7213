"""Login sessions of the embedded issuer: one per password login, a chain of refresh tokens each.

A refresh token names its session and its place in the chain, under a signature; nothing secret is
stored. The next one is given only to whoever holds the last. An older one that comes back means
that two parties hold the chain, and ends the session with all its tokens (RFC 9700, 4.14.2).
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from mongoengine import BooleanField, DateTimeField, IntField, StringField

from ..crypto.keyring import Keyring
from ..crypto.signatures import dump_signed, load_signed
from ..mongo.clock import now, utc
from ..mongo.documents import DurableDocument

_PURPOSE = "refresh-token"
PAGES = "pages"  # the scope of a login by the sign-in page


class Session(DurableDocument):
    """A login. `place`: of the only refresh token that is good; `refresh_until`: its end.

    Removed by MongoDB after `expires_at`, when every token of it has ended.
    """

    id = StringField(primary_key=True, default=lambda: str(uuid4()))
    user = StringField(required=True)
    scope = StringField(required=True)
    place = IntField(default=0)
    revoked = BooleanField(default=False)
    refresh_until = DateTimeField(required=True)
    expires_at = DateTimeField(required=True)

    meta = {
        "collection": "mediadb_session",
        "indexes": ["user", {"fields": ["expires_at"], "expireAfterSeconds": 0}],
    }


@dataclass(frozen=True)
class Lifetimes:
    """How long tokens last, in seconds."""

    access_s: int
    refresh_s: int


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token that we signed; it may be used up."""

    session: str
    place: int


def open_session(user: str, scope: str, lifetimes: Lifetimes) -> Session:
    """A new session, at place 0."""
    session = Session(user=user, scope=scope, **_ends(lifetimes))
    return session.save(force_insert=True)


def refresh_token(session: Session, keyring: Keyring) -> str:
    """The refresh token of the session's present place."""
    return dump_signed([session.id, session.place], keyring, _PURPOSE)


def read_refresh_token(text: str, keyring: Keyring) -> RefreshToken | None:
    """The token in this text, None for one that we did not sign."""
    value = load_signed(text, keyring, _PURPOSE)
    return None if value is None else RefreshToken(*value)


def find_session(token: RefreshToken) -> Session | None:
    """The session in which this token still is good; a used one ends its session."""
    session = Session.objects(id=token.session, revoked=False).first()
    if session is None or utc(session.refresh_until) <= now():
        return None
    if session.place != token.place:
        revoke(session.id)
        return None
    return session


def advance(session: Session, lifetimes: Lifetimes) -> bool:
    """Use the session's token up; False, and the session ends, where another request was faster."""
    unused = Session.objects(id=session.id, place=session.place, revoked=False)
    if not unused.update_one(inc__place=1, **{f"set__{k}": v for k, v in _ends(lifetimes).items()}):
        revoke(session.id)
        return False
    session.reload()
    return True


def is_open(session: str) -> bool:
    """Whether access tokens of this session are good."""
    return Session.objects(id=session, revoked=False).only("id").first() is not None


def find_user_of(session: str) -> str | None:
    """The user of a session of pages, which has no refresh tokens; None where it has ended."""
    found = Session.objects(id=session, scope=PAGES, revoked=False).first()
    return str(found.user) if found is not None and utc(found.refresh_until) > now() else None


def revoke(session: str) -> None:
    """End a session with all its tokens."""
    Session.objects(id=session).update_one(set__revoked=True)


def revoke_all_of(user: str) -> None:
    """End all sessions of a user."""
    Session.objects(user=user).update(set__revoked=True)


def _ends(lifetimes: Lifetimes) -> dict[str, object]:
    start = now()
    longest = max(lifetimes.access_s, lifetimes.refresh_s)
    return {
        "refresh_until": start + timedelta(seconds=lifetimes.refresh_s),
        # a minute more: the verifier's leeway for clocks
        "expires_at": start + timedelta(seconds=longest + 60),
    }
