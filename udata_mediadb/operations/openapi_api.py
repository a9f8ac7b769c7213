"""The route of the OpenAPI 3.1 document."""

import re
from functools import lru_cache
from typing import Any

from flask import Response, jsonify

from ..authorization.resource import MediaDBResource
from ..web.contract import Contract
from ..web.declaring import takes
from ..web.namespace import ns
from ..web.openapi import openapi


@ns.route("/openapi.json", endpoint="mediadb_openapi")
class OpenAPI(MediaDBResource):
    """What there is, for programs."""

    @takes(etag=True)
    @ns.doc("get_mediadb_openapi")
    def get(self) -> Response:
        """Describe all routes of the media library as OpenAPI 3.1."""
        document: dict[str, Any] = openapi(
            self.api.__schema__, contracts(), ns.path, self.api.base_path.rstrip("/") or "/"
        )
        return jsonify(document)


@lru_cache(maxsize=1)
def contracts() -> dict[tuple[str, str], Contract]:
    """What every method takes, by verb and path as OpenAPI writes it."""
    found = {}
    for resource, urls, *_ in ns.resources:
        for url in urls:
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", url)
            for verb in resource.methods:
                found[verb, path] = getattr(resource, verb.lower()).contract
    return found
