"""MongoEngine's one default connection, which tests of different databases take from each other."""

import threading

import mongoengine

from udata_mediadb.indexing.background import THREADS

from .waiting import PATIENCE_S


def disconnect() -> None:
    """Close what is connected, when nothing uses it any more.

    A thread of ours that connects at that moment would leave a client that nobody closes.
    """
    wait_for_background()
    mongoengine.disconnect_all()


def wait_for_background() -> None:
    """What a portal does beside its requests would go on in the next test's database."""
    while running := [one for one in threading.enumerate() if _is_ours(one)]:
        for thread in running:  # which may begin another one
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), f"{thread.name} does not end"


def _is_ours(thread: threading.Thread) -> bool:
    return thread is not threading.current_thread() and thread.name.startswith(("Mending", THREADS))
