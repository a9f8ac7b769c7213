"""The entry point, which says what is missing where click is: the client needs httpx alone."""

import sys
from importlib import import_module
from importlib.util import find_spec


def main() -> None:
    """Run `mediadb`."""
    if find_spec("click") is None:
        sys.exit("mediadb needs click: pip install 'mediadb-client[cli]'")
    import_module("udata_mediadb.client.command.program").main()
