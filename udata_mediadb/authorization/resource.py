"""The base of our routes: who asks is known, and every error becomes our JSON, on any host."""

from typing import Any

from flask_restx import Resource
from werkzeug.exceptions import HTTPException

from ..errors import MediaDBError
from ..hosts.current import current_host
from ..web.answers import error_response
from .caller import current_caller
from .read_only import require_writable


class MediaDBResource(Resource):
    """A flask-restx resource that answers errors as `{"message", "status", …}`.

    `only_reads`: whatever the verb is, as for a search.
    """

    only_reads = False

    def dispatch_request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            caller = current_caller()  # bad credentials are refused on every route, as udata does
            if not self.only_reads:
                require_writable(caller)
            return super().dispatch_request(*args, **kwargs)
        except Exception as exc:
            if isinstance(exc, HTTPException) and exc.response is not None:
                raise
            if isinstance(exc, MediaDBError):
                exc = current_host().in_own_words(exc)
            return error_response(exc)
