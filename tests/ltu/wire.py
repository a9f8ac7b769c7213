"""A media that is posted in the LTU dialect."""

from typing import Any

import requests

from ..images import jpeg
from .conftest import LTUTenant

IMAGE = jpeg(8, 96, 64)


def post(tenant: LTUTenant, path: str = "/media", **arguments: Any) -> requests.Response:
    return tenant.ltu.request("POST", path, **arguments)
