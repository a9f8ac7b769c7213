"""The command `udata-mediadb`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from .errors import DemoError
from .interruption import Interrupted, Interruption, interruptible
from .mongod_alone import run_mongod
from .supervisor import Wishes, run

NAME = "udata-mediadb"
DEFAULT_PORT = 5000  # Flask's own
DEFAULT_ROOT = Path("demo-data")
DEFAULT_UDATA_ROOT = Path("udata-demo-data")
DEFAULT_MONGOD_PORT = 27017  # MongoDB's own
DEFAULT_MONGOD_ROOT = Path("mongodb-data")
DEFAULT_WORKERS = 2  # enough to show that what one has stored the other finds

_DIRECTORY = click.Path(path_type=Path)


def main() -> None:
    """Run the command and exit: 0 after Ctrl-C or SIGTERM, 1 with one message on a failure."""
    commands(prog_name=NAME)


def _port(_context: click.Context, _option: click.Parameter, number: int) -> int:
    if not 0 <= number <= 65535:
        raise click.BadParameter(f"{number} is not a port: 0 to 65535")
    return number


def _at_least_one(_context: click.Context, _option: click.Parameter, number: int) -> int:
    if number < 1:
        raise click.BadParameter(f"{number} is too few: at least 1")
    return number


@click.group(help=__doc__)
def commands() -> None:
    """What `main` runs."""


@commands.command(
    "mongod",
    short_help="start the MongoDB of the extra [embedded] by itself",
    help="Start the MongoDB of the extra [embedded], for trying out a portal of your own. It "
    "listens on 127.0.0.1 only and is not for production. Ctrl-C stops it.",
)
@click.option(
    "--port",
    type=int,
    callback=_port,
    default=DEFAULT_MONGOD_PORT,
    show_default=True,
    help="0: a free one",
)
@click.option(
    "--root",
    type=_DIRECTORY,
    metavar="DIR",
    default=DEFAULT_MONGOD_ROOT,
    show_default=True,
    help="where its data are kept",
)
def mongod_alone(root: Path, port: int) -> None:
    """The command `udata-mediadb mongod`."""
    _until_stopped("mongod", lambda interruption: run_mongod(root, port, interruption))


@commands.command(
    "demo",
    short_help="start a small data portal with the plugin, its own MongoDB and a few pictures",
    help="Start a small data portal with the plugin, for trying it out. Everything listens on "
    "127.0.0.1 only. Ctrl-C stops it; its data stay in DIR.",
)
@click.option(
    "--port",
    type=int,
    callback=_port,
    default=DEFAULT_PORT,
    show_default=True,
    help="0 takes a free one",
)
@click.option(
    "--root",
    type=_DIRECTORY,
    metavar="DIR",
    help=f"where data and keys are kept  [default: ./{DEFAULT_ROOT} or ./{DEFAULT_UDATA_ROOT}]",
)
@click.option(
    "--workers",
    type=int,
    callback=_at_least_one,
    metavar="N",
    default=DEFAULT_WORKERS,
    show_default=True,
    help="processes that serve",
)
@click.option("--no-samples", is_flag=True, help="start without pictures")
@click.option("--tls", is_flag=True, help="serve https, with a certificate made for it in DIR")
@click.option("--udata", is_flag=True, help="a real udata, which must be installed beside this")
@click.option("--mongodb", metavar="URI", help="use this MongoDB and start none")
def demo(*, root: Path | None, no_samples: bool, mongodb: str | None, **wishes: Any) -> None:
    """The command `udata-mediadb demo`."""
    wanted = Wishes(
        root=root or (DEFAULT_UDATA_ROOT if wishes["udata"] else DEFAULT_ROOT),
        with_samples=not no_samples,
        mongodb_uri=mongodb,
        **wishes,
    )
    _until_stopped("demo", lambda interruption: run(wanted, interruption))


def _until_stopped(command: str, work: Callable[[Interruption], object]) -> None:
    """Work until a signal comes; exit with 1 and one message where it fails."""
    try:
        with interruptible() as interruption:
            work(interruption)
    except Interrupted:
        click.echo("\nStopped.")
        return
    except DemoError as error:
        click.echo(f"{NAME} {command}: {error}", err=True)
    sys.exit(1)


if __name__ == "__main__":
    main()
