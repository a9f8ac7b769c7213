"""Logging in to udata with a password, for the embedded token endpoint and for Basic."""

import unicodedata

from flask import current_app
from flask_security import hash_password, verify_password
from udata.core.user.models import User

from .identity import is_usable


def user_of_password(login: str, password: str) -> str | None:
    """The id of the user with this email and password, else None; alike in time for both.

    Nobody with a second factor, with an address that is not confirmed or with a password that
    udata wants to see changed: a token would be a way around.
    """
    user = User.objects(email__iexact=login.strip()).first()
    if user is None or not user.password:
        hash_password("nobody's")  # as long as the check of one
        return None
    known = _is_right(password, user.password)
    demanded, performed = user.password_rotation_demanded, user.password_rotation_performed
    is_outdated = demanded is not None and (performed is None or performed < demanded)
    wants_more = user.tf_primary_method or (
        user.sysadmin and current_app.config.get("SECURITY_TWO_FACTOR_REQUIRED_FOR_ADMIN")
    )
    if not known or not is_usable(user) or wants_more or is_outdated:
        return None
    return str(user.id) if user.confirmed_at else None


def _is_right(password: str, stored: str) -> bool:
    form = current_app.config.get("SECURITY_PASSWORD_NORMALIZE_FORM")
    # udata's forms normalise what they store, its commands and its token endpoint do not
    spellings = {password, unicodedata.normalize(form, password) if form else password}
    try:
        return any(verify_password(spelling, stored) for spelling in spellings)
    except ValueError:  # over 4096 characters, or a NUL
        return False
