"""The sorts of portal that the demo can be: a small one in plain Flask, or a real udata."""

import importlib.util
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import udata_portal
from .account import Account, ensure_account
from .errors import DemoError
from .portal import ROOT_VARIABLE, create_app_for
from .root import Root, Settings


@dataclass(frozen=True)
class Kind:
    """One sort of portal.

    `app`: what gunicorn serves. `environment`: that it and `command`, which runs our commands
    beside it, need. `prepare`: makes the account, and whatever else there is to see; its processes
    inherit the lock, a descriptor. `shows_pictures`: whether the portal itself has any.
    """

    app: str
    environment: Callable[[Root], Mapping[str, str]]
    command: str
    prepare: Callable[[Root, Settings, int], Account]
    shows_pictures: bool

    def command_line(self, root: Root) -> str:
        """The start of a line for a shell, up to our command."""
        given = [f"{name}={shlex.quote(v)}" for name, v in self.environment(root).items()]
        return " ".join([*given, self.command])


def plain() -> Kind:
    """Flask and nothing else."""
    return Kind(
        app="udata_mediadb.demo.portal:create_app()",
        environment=lambda root: {ROOT_VARIABLE: str(root.path)},
        command=f"{shlex.quote(sys.executable)} -m flask --app udata_mediadb.demo.portal mediadb",
        prepare=_prepare_plain,
        shows_pictures=False,
    )


def udata() -> Kind:
    """udata as it is installed beside us; DemoError where it is not."""
    program = Path(sys.executable).with_name("udata")  # of the same environment
    if importlib.util.find_spec("udata") is None or not program.exists():
        raise DemoError("udata is missing here: make udata-demo, or pip install udata")
    return Kind(
        app=udata_portal.APP,
        environment=udata_portal.environment,
        command=f"{shlex.quote(str(program))} mediadb",
        prepare=udata_portal.prepare,
        shows_pictures=True,
    )


def _prepare_plain(root: Root, settings: Settings, _lock: int) -> Account:
    return ensure_account(create_app_for(root), settings.x_api_key, settings.password)
