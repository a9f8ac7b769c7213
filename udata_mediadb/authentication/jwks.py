"""The signing keys of an outside OpenID provider: discovered, fetched, kept."""

import json
import logging
import threading
import time
from typing import Any

import urllib3
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet
from urllib3.exceptions import HTTPError

from ..errors import Unavailable

log = logging.getLogger(__name__)

FETCH_TIMEOUT_S = 3.0
FETCH_MAX_BYTES = 1024 * 1024
KEEP_S = 300.0  # then the keys are fetched again, so that withdrawn ones are forgotten
REFETCH_S = 5.0  # an unknown kid asks the provider at most this often: anyone can make one up


class ProviderKeys:
    """The key set of one issuer. Keys that we have are kept while the provider is away."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._lock = threading.Lock()
        # once more: the provider may just have closed the connection that we kept
        again = urllib3.Retry(total=1, redirect=0, status=0, backoff_factor=0)
        self._http = urllib3.PoolManager(timeout=FETCH_TIMEOUT_S, retries=again, maxsize=1)
        self._keys: KeySet | None = None
        self._tried_at = float("-inf")

    def find(self, kid: object) -> Key | None:
        """The key of this id, or the only one there is for a token without one; None for no key.

        Raises Unavailable where the provider never answered yet.
        """
        with self._lock:  # one fetch at a time; the others wait for what it finds
            age = time.monotonic() - self._tried_at
            keys = self._keys
            is_due = age > KEEP_S or (age > REFETCH_S and _pick(keys, kid) is None)
            if is_due:
                self._tried_at = time.monotonic()
                keys = self._keys = self._fetched() or keys
        if keys is None:
            raise Unavailable("The OpenID provider does not answer.", int(REFETCH_S))
        return _pick(keys, kid)

    def _fetched(self) -> KeySet | None:
        try:
            found = self._json(self._issuer.rstrip("/") + "/.well-known/openid-configuration")
            if found.get("issuer") != self._issuer:  # OpenID Connect Discovery 1.0, 4.3
                raise ValueError("it names another issuer")
            return KeySet.import_key_set(_signing(self._json(str(found["jwks_uri"]))))
        except (HTTPError, JoseError, ValueError, KeyError, TypeError, AttributeError) as exc:
            log.warning("No keys from the OpenID provider %s: %s", self._issuer, exc)
            return None

    def _json(self, url: str) -> Any:
        with self._http.request("GET", url, preload_content=False, redirect=False) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            body = response.read(FETCH_MAX_BYTES + 1)
            if len(body) > FETCH_MAX_BYTES:
                raise ValueError(f"over {FETCH_MAX_BYTES} bytes")
            return json.loads(body)


def _signing(found: Any) -> Any:
    """The key set without keys for encryption and of kinds that we do not verify with."""
    keys = [k for k in found["keys"] if k.get("kty") in ("RSA", "EC") and k.get("use") != "enc"]
    return {"keys": keys}


def _pick(keys: KeySet | None, kid: object) -> Key | None:
    if keys is None:
        return None
    if kid is None:
        return keys.keys[0] if len(keys.keys) == 1 else None
    return next((key for key in keys.keys if key.kid == kid), None)
