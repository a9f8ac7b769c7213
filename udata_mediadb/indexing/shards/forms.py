"""What portals, doors and shards of two versions could understand differently, as two numbers.

Each side shows its number with every call, and another one is refused: nobody answers by half.
`tests/indexing/test_forms.py` fails where what is said changes and its number does not.
"""

from ...errors import Conflict

# Of questions and answers between a portal and a door: raise it when `asking` or `wire` change.
DOOR_FORM = 1
# Between a door and its shards, and how they rank together: raise it when `asking.First`, `Second`
# or `Words` change, what a list is joined of, so that no list comes from two ways of counting, or
# where in Ray shards are found. 2: in a namespace of their database's own.
SHARD_FORM = 2

FORM_HEADER = "X-Mediadb-Cluster-Form"


class OtherForm(Conflict):
    """The portal asks in another form than this door answers."""


def require_door_form(shown: str | None, version: str) -> None:
    """OtherForm unless the portal shows the number of this door, which is of `version`."""
    if shown != str(DOOR_FORM):
        raise OtherForm(
            f"The portal asks in form {shown or 'unknown'}, the cluster (udata-mediadb {version}) "
            f"answers form {DOOR_FORM}: they need versions of udata-mediadb that go together."
        )
