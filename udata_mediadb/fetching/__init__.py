"""URL -> bytes, safely: no private address, no byte or second too many.

The caller's URL is a stranger's wish. Each hop is parsed strictly (`urls`), resolved once and
refused unless every address is public (`addresses`), and fetched from that very address under one
deadline (`transport`). Built on `http.client` alone: what a larger client adds (proxies from the
environment, redirects, retries, decoding, connection reuse, its own second look-up of the name)
would all have to be switched off. Knows no Flask and no settings.
"""

from .fetch import Fetched, fetch
from .send import Undelivered, require_sendable, send

__all__ = ["Fetched", "Undelivered", "fetch", "require_sendable", "send"]
