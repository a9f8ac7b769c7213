"""The few HTTP calls that the demo makes to itself."""

import json as jsonlib
from typing import Any, Self

import urllib3

from .errors import DemoError

_TIMEOUT_S = 60.0
_SHOWN_CHARACTERS = 300


class Client:
    """Calls below `api_url` (which ends with a slash) with an API key. A context manager.

    `authority`: the file of the certificate to trust, for https.
    """

    def __init__(self, api_url: str, x_api_key: str, authority: str | None = None) -> None:
        self._api_url = api_url
        self._headers = {"X-API-KEY": x_api_key}
        self._http = urllib3.PoolManager(retries=False, timeout=_TIMEOUT_S, ca_certs=authority)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.clear()

    def get_all(self, path: str, **params: str) -> list[dict[str, Any]]:
        """The entries of all pages of a list."""
        entries: list[dict[str, Any]] = []
        url: str | None = self._api_url + path
        fields: dict[str, str] | None = {**params, "page_size": "100"}
        while url:
            page = self._call("GET", url, fields=fields)
            entries += page["data"]
            url, fields = page["next_page"], None  # the link carries the parameters
        return entries

    def get_page(self, path: str, **params: str) -> list[dict[str, Any]]:
        """The entries of the first page of a list."""
        page = self._call("GET", self._api_url + path, fields=params)
        entries: list[dict[str, Any]] = page["data"]
        return entries

    def get_keys(self, application: str) -> tuple[str, str]:
        """The public and the private key of an application."""
        path = f"{self._api_url}mediadb/applications/{application}/keys/"
        public, private = (self._call("GET", f"{path}{kind}/") for kind in ("public", "private"))
        return public["key"], private["key"]

    def post(
        self,
        path: str,
        *,
        json: dict[str, Any] | None = None,
        form: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The object that a POST made; `form` is sent as multipart."""
        content: dict[str, Any] = {"json": json} if form is None else {"fields": form}
        return self._call("POST", self._api_url + path, **content)

    def put(self, path: str, changes: dict[str, Any]) -> dict[str, Any]:
        """The object that a PUT changed."""
        return self._call("PUT", self._api_url + path, json=changes)

    def _call(self, method: str, url: str, **content: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, url, headers=self._headers, **content)
        except urllib3.exceptions.HTTPError as error:
            raise DemoError(f"{method} {url} failed: {error}") from error
        text = response.data.decode("utf-8", errors="replace")
        if not 200 <= response.status < 300:
            shown = text[:_SHOWN_CHARACTERS]
            raise DemoError(f"{method} {url} answered {response.status}: {shown}")
        answer: dict[str, Any] = jsonlib.loads(text)
        return answer
