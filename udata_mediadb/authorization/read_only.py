"""Whether anything may be changed by this request at all, before anyone looks at what."""

from flask import request

from ..errors import Forbidden, ReadOnly
from ..hosts.current import current_host
from .caller import Caller
from .permissions import SCOPE_TOO_NARROW

# The words of udata's API, which clients may know.
CLOSED = "Due to security reasons, the creation of new content is currently disabled."
_READING = ("GET", "HEAD", "OPTIONS")


def require_writable(caller: Caller) -> None:
    """Raise ReadOnly where the portal takes no changes now, Forbidden for a token without them.

    Nothing for requests that only read, and for nobody: they are refused with 401 in their turn.
    """
    if request.method in _READING or caller == Caller(None, None):
        return
    if caller.principal is not None and not caller.principal.may_write:
        raise Forbidden(SCOPE_TOO_NARROW)
    if current_host().is_read_only(caller.principal):
        raise ReadOnly(CLOSED)
