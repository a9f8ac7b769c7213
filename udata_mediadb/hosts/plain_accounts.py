"""Creating and finding the users, organisations and keys of a plain portal."""

from datetime import timedelta
from uuid import uuid4

from mongoengine import NotUniqueError

from ..authentication.key_limits import KeyLimits
from ..authentication.sessions import revoke_all_of
from ..crypto.keyring import Keyring
from ..crypto.keys import key_hash, key_hashes, new_key
from ..errors import Conflict, InvalidFields, NotFound
from ..mongo.clock import now, utc
from .plain_models import ROLES, ApiKey, PlainMember, PlainOrganization, PlainUser
from .plain_passwords import hash_password

KEY_PREFIX = "mdb_"
USE_RESOLUTION = timedelta(minutes=5)  # so that a request costs no write
SHOWN_CHARACTERS = 10  # of a key, to tell keys apart: the prefix and 36 of 256 bits


def create_user(name: str, email: str, *, admin: bool = False) -> PlainUser:
    """A new user; Conflict where the email is taken, InvalidFields where it is none."""
    email = normal_email(email)
    if "@" not in email.strip("@"):
        raise InvalidFields({"email": f"{email!r} is not an email address"})
    try:
        return PlainUser(name=name, email=email, admin=admin).save(force_insert=True)
    except NotUniqueError as exc:
        raise Conflict(f"There is a user {email} already.") from exc


def set_password(user: PlainUser, password: str) -> None:
    """Set the password and end all sessions; InvalidFields for one that is too short or long."""
    user.modify(password_hash=hash_password(password))
    revoke_all_of(user.id)


def set_active(user: PlainUser, active: bool) -> None:
    """Switch a user off or on; sessions of one who is switched off end."""
    user.modify(active=active)
    if not active:
        revoke_all_of(user.id)


def external_user(issuer: str, subject: str, name: str, email: str | None) -> PlainUser:
    """The user whom a provider names; linked by email where one is given, else made."""
    external = f"{issuer} {subject}"
    user = PlainUser.objects(external=external).first()
    if user is None and email:
        PlainUser.objects(email=normal_email(email), external=None).update_one(
            set__external=external
        )
        user = PlainUser.objects(external=external).first()
    if user is None:
        new = {"$setOnInsert": {"_id": uuid4().hex, **_new_external(name)}}
        PlainUser._get_collection().update_one({"external": external}, new, upsert=True)
        user = PlainUser.objects.get(external=external)
    return user


def create_organization(name: str, admin: PlainUser) -> PlainOrganization:
    """A new organisation with one administrator; Conflict where the name is taken."""
    members = [PlainMember(user=admin.id, role="admin")]
    try:
        return PlainOrganization(name=name, members=members).save(force_insert=True)
    except NotUniqueError as exc:
        raise Conflict(f"There is an organisation {name} already.") from exc


def set_member(organization: PlainOrganization, user: PlainUser, role: str) -> None:
    """Make the user a member with this role; changes the role of one who is."""
    if role not in ROLES:
        raise InvalidFields({"role": f"one of {', '.join(ROLES)}"})
    others = {"$filter": {"input": "$members", "cond": {"$ne": ["$$this.user", user.id]}}}
    member = PlainMember(user=user.id, role=role).to_mongo().to_dict()
    # as one step of the database: two who are made members at the same moment both are
    changes = {"members": {"$concatArrays": [others, [{"$literal": member}]]}}
    PlainOrganization._get_collection().update_one({"_id": organization.id}, [{"$set": changes}])
    organization.reload()


def create_key(
    user: PlainUser, name: str, keyring: Keyring, limits: KeyLimits | None = None
) -> tuple[ApiKey, str]:
    """A new X-API-KEY: its record, and the key itself, which is not stored."""
    key = new_key(KEY_PREFIX)
    record = ApiKey(
        user=user.id,
        name=name,
        prefix=key[:SHOWN_CHARACTERS],
        hash=key_hash(key, keyring),
        limits=limits,
    )
    return record.save(force_insert=True), key


def find_key(key: str, keyring: Keyring) -> ApiKey | None:
    """The record of an X-API-KEY, None for an unknown one.

    One that is found by a former secret is hashed with the newest from then on.
    """
    hashes = key_hashes(key, keyring)
    record = ApiKey.objects(hash__in=hashes).first()
    if record is not None and record.hash != hashes[0]:
        record.modify(hash=hashes[0])
    return record


def note_use(record: ApiKey) -> None:
    """Remember that the key was sent now, unless that is remembered already."""
    used = now()
    if record.used_at is None or used - utc(record.used_at) > USE_RESOLUTION:
        ApiKey.objects(id=record.id).update_one(set__used_at=used)


def revoke_key(identifier: str) -> ApiKey:
    """Revoke a key by its id or by its first characters as listed."""
    found = list(ApiKey.objects(id=identifier)) or list(ApiKey.objects(prefix=identifier))
    if not found:
        raise NotFound(f"There is no key {identifier!r:.40}.")
    if len(found) > 1:
        ids = ", ".join(record.id for record in found)
        raise Conflict(f"Several keys begin so; name one by its id: {ids}")
    record = found[0]
    if record.revoked_at is None:
        record.modify(revoked_at=now())
    return record


def find_user(identifier: str) -> PlainUser:
    """The user with this email or id."""
    user = (
        PlainUser.objects(email=normal_email(identifier)).first()
        or PlainUser.objects(id=identifier).first()
    )
    if user is None:
        raise NotFound(f"There is no user {identifier!r:.60}.")
    return user


def find_organization(identifier: str) -> PlainOrganization:
    """The organisation with this name or id."""
    found = (
        PlainOrganization.objects(name=identifier).first()
        or PlainOrganization.objects(id=identifier).first()
    )
    if found is None:
        raise NotFound(f"There is no organisation {identifier!r:.60}.")
    return found


def _new_external(name: str) -> dict[str, object]:
    return {"name": name[:200], "admin": False, "active": True, "created_at": now()}


def normal_email(email: str) -> str:
    """Lower case, without surrounding spaces."""
    return email.strip().lower()
