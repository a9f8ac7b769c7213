"""`mediadb`: all of its commands."""

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import click
from click.shell_completion import get_completion_class

from .. import MediaDB, MediaDBClientError
from .deduping import dedupe
from .examining import exam
from .exporting import export
from .finding import compare, search, why
from .following import jobs
from .groups import collections, keys
from .importing.command import import_pictures
from .library import edit, get, list_media, remove, restore, status
from .running import INTERRUPTED, SOME_FAILED, fail, user_name
from .settings import Settings, note
from .writing import as_it_can

SHELLS = ("bash", "zsh", "fish")


def _version() -> str:
    """Of whichever of the two that have this program is installed."""
    for name in ("mediadb-client", "udata-mediadb"):
        try:
            return version(name)
        except PackageNotFoundError:
            continue
    return "unknown"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="mediadb")
def mediadb() -> None:
    """The media library of a portal: search by image, add, list, change.

    Which portal, and with which key, say --url and --key, MEDIADB_URL and MEDIADB_KEY, or `mediadb
    login` once.
    """


@mediadb.command()
@click.option("--url", prompt="Address of the portal")
@click.option("--key", prompt="X-API-KEY", hide_input=True)
@click.option("--application", help="Id of the one that is meant; needed where there are several.")
def login(url: str, key: str, application: str | None) -> None:
    """Note a portal and a key, in a file that only you may read."""
    try:
        with MediaDB(url, key=key) as db:
            me = db.me()
    except MediaDBClientError as exc:
        fail(exc)
    path = note(Settings(url, key, application))
    click.echo(f"Hello {user_name(me)}. Noted in {path}.", err=True)


@mediadb.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what SHELL reads to complete commands and options.

    bash: eval "$(mediadb completion bash)" in ~/.bashrc; zsh likewise; fish: into
    ~/.config/fish/completions/mediadb.fish.
    """
    found: Any = get_completion_class(shell)
    click.echo(found(mediadb, {}, "mediadb", "_MEDIADB_COMPLETE").source())


for one in (
    *(search, compare, why, list_media, get, edit, remove, restore, export),
    *(collections, keys, status, import_pictures, dedupe, exam, jobs),
):
    mediadb.add_command(one)


def main() -> None:
    """Run it; 130 where it is interrupted."""
    as_it_can()
    try:
        ended = mediadb.main(prog_name="mediadb", standalone_mode=False)
        sys.exit(ended if isinstance(ended, int) else 0)
    except click.exceptions.Exit as exc:
        sys.exit(exc.exit_code)
    except click.ClickException as exc:
        exc.show()
        sys.exit(exc.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except OSError as exc:  # a file that cannot be read or written, a full disk
        click.echo(f"mediadb: {exc}", err=True)
        sys.exit(SOME_FAILED)
