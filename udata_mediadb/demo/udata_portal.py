"""A real udata as the demo's portal: its settings file, and its accounts, made by its own code.

Knows udata from outside only: what needs it runs in processes of their own.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .account import ORGANIZATION_NAME, USER_EMAIL, Account
from .errors import DemoError
from .mongod import HOST
from .pictures import QUERY, samples
from .processes import LeashedProcess
from .root import Root, Settings

SETTINGS_VARIABLE = "UDATA_SETTINGS"
APP = "udata.wsgi:app"
_FILLING = "udata_mediadb.hosts.udata.demo"
REUSES = 6  # of the sample pictures, also shown by the portal itself
_GRACE_S = 2.0
TIMEOUT_S = 120.0  # as for the web server: it imports as much
_POLL_S = 0.05


@dataclass(frozen=True)
class UdataFiles:
    """The files of a udata in the demo's directory.

    `settings`: for `UDATA_SETTINGS`. `accounts`: who there is, by role: email, password, x_api_key.
    """

    settings: Path
    accounts: Path
    log: Path


def files_of(root: Root) -> UdataFiles:
    """Where they are."""
    return UdataFiles(root.path / "udata.cfg", root.path / "accounts.json", root.path / "udata.log")


def environment(root: Root) -> dict[str, str]:
    """What every process of this udata needs."""
    return {SETTINGS_VARIABLE: str(files_of(root).settings)}


def prepare(root: Root, settings: Settings, lock: int) -> Account:
    """Write the settings, make users, an organisation and reuses with pictures where they lack."""
    files = files_of(root)
    _write_settings(files.settings, root, settings)
    wanted = {
        "email": USER_EMAIL,
        "password": settings.password,
        "organization": ORGANIZATION_NAME,
        "pictures": [{"path": str(one.path), "name": one.name} for one in samples()[:REUSES]],
    }
    process = LeashedProcess(
        [sys.executable, "-m", _FILLING, str(files.accounts), json.dumps(wanted)],
        log_path=files.log,
        grace_s=_GRACE_S,
        environment=environment(root),
        pass_fds=(lock,),
    )
    _wait_for(process)
    accounts: dict[str, Any] = json.loads(files.accounts.read_text(encoding="utf-8"))
    return Account(accounts["user"]["x_api_key"], accounts["organization"])


def _wait_for(process: LeashedProcess) -> None:
    deadline_s = time.monotonic() + TIMEOUT_S
    try:
        while (code := process.exit_code) is None:
            if time.monotonic() > deadline_s:
                raise DemoError(f"udata said nothing for {TIMEOUT_S:.0f} s")
            time.sleep(_POLL_S)
    finally:
        process.stop()
    if code != 0:
        raise DemoError(f"udata ended with code {code}:\n{process.log_tail()}")


def _write_settings(path: Path, root: Root, settings: Settings) -> None:
    """Those of a udata without Redis, Elasticsearch, mail and https."""
    values = {
        "SECRET_KEY": settings.secret_key,
        "API_TOKEN_SECRET": settings.secret_key,
        "MONGODB_HOST": settings.mongodb_uri,
        "CACHE_TYPE": "flask_caching.backends.SimpleCache",
        "CELERY_TASK_ALWAYS_EAGER": True,
        "SEND_MAIL": False,
        "SESSION_COOKIE_SECURE": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "FS_ROOT": str(root.files),
        "TRUSTED_HOSTS": [HOST, "localhost"],
        "MEDIADB_PAGES_SAMPLE": str(QUERY),
        "MEDIADB_BASIC_AUTH": True,  # over https alone, which --tls gives
    }
    text = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    path.write_text(f"# Written at each start of the demo\n{text}", encoding="utf-8")
    path.chmod(0o600)
