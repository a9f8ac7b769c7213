"""MongoEngine's one default connection, which tests of different databases take from each other."""

import threading

import mongoengine

from udata_mediadb.indexing.background import THREADS


def disconnect() -> None:
    """Close what is connected, when nothing uses it any more.

    A thread of ours that connects at that moment would leave a client that nobody closes.
    """
    wait_for_background()
    mongoengine.disconnect_all()


def wait_for_background() -> None:
    """What a portal does beside its requests would go on in the next test's database."""
    for thread in threading.enumerate():
        if (
            thread.name.startswith(("Mending", THREADS))
            and thread is not threading.current_thread()
        ):
            thread.join(30)
