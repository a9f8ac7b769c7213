"""The portal's secret, from which every key hash, seal and signed link is derived."""

from flask import current_app

from ..errors import MediaDBError


def current_secret() -> str:
    """`MEDIADB_SECRET`, else the `SECRET_KEY`; an error where neither is set."""
    secret = current_app.config.get("MEDIADB_SECRET") or current_app.config.get("SECRET_KEY")
    if not secret:
        raise MediaDBError("Set SECRET_KEY or MEDIADB_SECRET: keys cannot be hashed without one.")
    return secret.decode("latin-1") if isinstance(secret, bytes) else str(secret)
