"""A small client written after LTU's guide, for people who have no guide at hand."""

import json
from dataclasses import dataclass
from typing import Any

import requests

LOGIN = "/realms/Production/protocol/openid-connect/token"


@dataclass
class LTUClient:
    """`base`: where the dialect is mounted. Methods are named as the guide's sections."""

    base: str
    token: str | None = None
    private_key: str | None = None
    public_key: str | None = None

    def login(self, username: str, password: str) -> None:
        form = {
            "username": username,
            "password": password,
            "client_id": "ltu-api",
            "grant_type": "password",
        }
        answer = requests.post(self.base + LOGIN, data=form, timeout=300)
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]

    def get_applications(self, owner: str | None = None) -> list[dict[str, Any]]:
        params = {"owner": owner} if owner else {}
        answer = self.request("GET", "/apikey", params=params, headers={"api-key": None})
        assert answer.status_code == 200, answer.text
        assert answer.json()["count"] == len(answer.json()["results"])
        return list(answer.json()["results"])

    def add_picture(self, image: bytes | str, **data: Any) -> str:
        """By sending the bytes as a form, or a URL within JSON."""
        if isinstance(image, str):
            body: dict[str, Any] = {"json": {"media": image, **data}}
        else:
            body = {"files": {"media": image}, "data": {"data": json.dumps(data)}}
        answer = self.request("POST", "/media", **body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def search(self, image: bytes | None = None, **criteria: Any) -> list[dict[str, Any]]:
        body: dict[str, Any] = {"json": criteria}
        if image is not None:
            body = {"files": {"media": image}, "data": {"data": json.dumps(criteria)}}
        headers = {"api-key": self.public_key}
        answer = requests.post(
            self.base + "/services/search/media", headers=headers, timeout=300, **body
        )
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    def request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """With token and private key; a full URL, such as a `next` link, is taken as it is."""
        headers = {"authorization": f"Bearer {self.token}", "api-key": self.private_key}
        headers |= arguments.pop("headers", {})
        url = path if path.startswith("http") else self.base + path
        return requests.request(method, url, headers=headers, timeout=300, **arguments)
