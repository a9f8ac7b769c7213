"""Where connections belong: what was opened in another process, or event loop, is not used here.

A process that was forked shares the sockets of its parent: answers would go to either. Connections
of an event loop end with it.
"""

import asyncio
import os


def here_by_process() -> object:
    """The same as long as this process is."""
    return os.getpid()


def here_by_loop() -> object:
    """The same as long as this process and its running event loop are."""
    return os.getpid(), asyncio.get_running_loop()
