"""Under which name a browser keeps a file that it downloads (RFC 6266)."""

import unicodedata
from urllib.parse import quote

from werkzeug.http import dump_options_header

from .models import Media

_PLAIN = "!#$&+-.^_`|~"  # RFC 8187 attr-char, beside letters and digits


def as_download(media: Media) -> str:
    """The Content-Disposition of the original: the name that it came with, else its id."""
    return download_of(media.filename or f"{media.id}.{media.format.lower()}", media.id)


def download_of(name: str, otherwise: str) -> str:
    """The same of any name; `otherwise`: for clients that know ASCII alone, where it has none."""
    simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    simple = "".join(c for c in simple if c.isprintable() and c not in '"\\%')
    options = {"filename": simple or otherwise, "filename*": f"UTF-8''{quote(name, safe=_PLAIN)}"}
    return dump_options_header("attachment", options)
