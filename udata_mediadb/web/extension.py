"""What one Flask app has of this package: `app.extensions["mediadb"]`.

Its parts belong to the rooms that make them: each has a `current_…` there, which says its type.
"""

from typing import Any

from flask import current_app


def current_part(name: str) -> Any:
    """The part of this name of the current app's `MediaDB` (mounting.extension)."""
    return getattr(current_app.extensions["mediadb"], name)
