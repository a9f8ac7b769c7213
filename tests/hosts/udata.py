"""A headless udata: no Redis, no Elasticsearch, no mail."""

import warnings
from pathlib import Path
from typing import Any

from flask import Flask
from udata.app import create_app, standalone

SECRET = "a secret for tests"


def new_app(mongodb: str, root: Path, **settings: Any) -> Flask:
    """udata as `udata serve` starts it, plugins and all. `root`: where files go."""
    given = {
        "SECRET_KEY": SECRET,
        "API_TOKEN_SECRET": SECRET,
        "MONGODB_HOST": mongodb,
        "CACHE_TYPE": "flask_caching.backends.SimpleCache",  # the default is Redis
        "CELERY_TASK_ALWAYS_EAGER": True,  # the default broker is Redis
        "SEND_MAIL": False,
        "SESSION_COOKIE_SECURE": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},  # needs no DNS
        "FS_ROOT": str(root),
        **settings,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # udata's own
        return standalone(create_app(override=type("Settings", (), given)))
