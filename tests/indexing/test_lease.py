"""One holder at a time, over all machines."""

import time

from udata_mediadb.mongo.lease import Lease, lease

from ..waiting import eventually
from . import world


def test_one_holds_it_until_the_block_ends() -> None:
    name = world.new_application()
    with lease(name) as first, lease(name) as second, lease(f"{name}/other") as other:
        assert (first, second, other) == (True, False, True)
    with lease(name) as again:
        assert again


def test_who_was_killed_is_followed_after_the_end_of_the_lease() -> None:
    name = world.new_application()
    held = lease(name, 600.0)
    held.__enter__()
    with lease(name) as early:
        assert not early
    Lease.objects(id=name).update(__raw__=[{"$set": {"until": "$$NOW"}}])
    time.sleep(0.01)  # the clock of MongoDB counts milliseconds
    with lease(name) as late:
        assert late
        held.__exit__(None, None, None)  # wakes up: what another holds stays the other's
        with lease(name) as third:
            assert not third


def test_it_is_renewed_while_it_is_held() -> None:
    name = world.new_application()
    with lease(name, 0.4):
        first = Lease.objects.get(id=name).until
        eventually(lambda: Lease.objects.get(id=name).until > first)
