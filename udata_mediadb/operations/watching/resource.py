"""The base of routes that are watched: nobody's credentials are looked at before them.

They answer while MongoDB is away, and a monitoring system has a token of its own.
"""

from typing import Any

from flask_restx import Resource

from ...web.answers import error_response


class WatchedResource(Resource):
    """Every error becomes our JSON.

    `asks_nobody`: a host that looks at credentials before every route is to leave that here.
    """

    asks_nobody = False

    def dispatch_request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().dispatch_request(*args, **kwargs)
        except Exception as exc:
            return error_response(exc)
