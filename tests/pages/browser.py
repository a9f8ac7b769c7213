"""A browser without JavaScript: links, forms, cookies."""

import re
from html import unescape

import requests

from ..auth.local import PASSWORD
from ..images import encoded, photo
from ..portal import Portal

HOSTILE = "<img src=x onerror=alert(1)> \"'&"


class Browser:
    """Cookies, redirects and forms."""

    def __init__(self, portal: Portal) -> None:
        self.base = portal.api.split("/api/")[0]
        self.http = requests.Session()

    def get(self, path: str, **arguments: object) -> requests.Response:
        return self.http.get(self.base + path, timeout=300, **arguments)

    def send(self, page: str, path: str, **arguments: object) -> requests.Response:
        """A form of `page`, with its token, sent to `path`."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        data = {"csrf_token": token[1] if token else "", **arguments.pop("data", {})}
        return self.http.post(
            self.base + path, data=data, timeout=300, allow_redirects=False, **arguments
        )

    def search(self, library: str, picture: bytes, name: str = "mine.jpg") -> requests.Response:
        return self.send(
            f"/mediadb/search?application={library}",
            "/mediadb/search",
            data={"application": library},
            files={"image": (name, picture)},
        )

    def sign_in(self, user: str, password: str = PASSWORD, after: str = "") -> requests.Response:
        form = {"login": user, "password": password, "next": after}
        return self.send("/mediadb/sign-in", "/mediadb/sign-in", data=form)


def text_of(answer: requests.Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def crop(seed: int) -> bytes:
    return encoded(photo(seed)[100:400, 150:550])
