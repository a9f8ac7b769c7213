"""The command `udata-mediadb`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .errors import DemoError
from .interruption import Interrupted, interruptible
from .mongod_alone import run_mongod
from .supervisor import Wishes, run

DEFAULT_PORT = 5000  # Flask's own
DEFAULT_ROOT = Path("demo-data")
DEFAULT_UDATA_ROOT = Path("udata-demo-data")
DEFAULT_MONGOD_PORT = 27017  # MongoDB's own
DEFAULT_MONGOD_ROOT = Path("mongodb-data")
DEFAULT_WORKERS = 2  # enough to show that what one has stored the other finds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 after Ctrl-C or SIGTERM, 1 with one message when something fails."""
    options = _parser().parse_args(arguments)
    try:
        with interruptible() as interruption:
            if options.command == "mongod":
                run_mongod(options.root, options.port, interruption)
            else:
                run(_wishes(options), interruption)
    except Interrupted:
        print("\nStopped.", flush=True)
        return 0
    except DemoError as error:
        print(f"udata-mediadb {options.command}: {error}", file=sys.stderr)
    return 1


def _wishes(options: argparse.Namespace) -> Wishes:
    return Wishes(
        root=options.root or (DEFAULT_UDATA_ROOT if options.udata else DEFAULT_ROOT),
        port=options.port,
        workers=options.workers,
        with_samples=not options.no_samples,
        mongodb_uri=options.mongodb,
        tls=options.tls,
        udata=options.udata,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="udata-mediadb", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    mongod = commands.add_parser(
        "mongod",
        help="start the MongoDB of the extra [embedded] by itself",
        description="Start the MongoDB of the extra [embedded], for trying out a portal of your "
        "own. It listens on 127.0.0.1 only and is not for production. Ctrl-C stops it.",
    )
    mongod.add_argument(
        "--port", type=_port, default=DEFAULT_MONGOD_PORT, help="0: a free one (%(default)s)"
    )
    mongod.add_argument(
        "--root", type=Path, metavar="DIR", default=DEFAULT_MONGOD_ROOT, help="(%(default)s)"
    )
    demo = commands.add_parser(
        "demo",
        help="start a small data portal with the plugin, its own MongoDB and a few pictures",
        description="Start a small data portal with the plugin, for trying it out. "
        "Everything listens on 127.0.0.1 only. Ctrl-C stops it; its data stay in DIR.",
    )
    demo.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, help="0 takes a free one (default: %(default)s)"
    )
    demo.add_argument(
        "--root",
        type=Path,
        metavar="DIR",
        help=f"where data and keys are kept (default: ./{DEFAULT_ROOT} or ./{DEFAULT_UDATA_ROOT})",
    )
    demo.add_argument(
        "--workers",
        type=_at_least_one,
        default=DEFAULT_WORKERS,
        metavar="N",
        help="processes that serve (default: %(default)s)",
    )
    demo.add_argument("--no-samples", action="store_true", help="start without pictures")
    demo.add_argument(
        "--tls", action="store_true", help="serve https, with a certificate made for it in DIR"
    )
    demo.add_argument(
        "--udata", action="store_true", help="a real udata, which must be installed beside this"
    )
    demo.add_argument("--mongodb", metavar="URI", help="use this MongoDB and start none")
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port: 0 to 65535")
    return number


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is too few: at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
