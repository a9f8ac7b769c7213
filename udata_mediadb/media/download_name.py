"""Under which name a browser keeps a file that it downloads (RFC 6266)."""

import unicodedata
from urllib.parse import quote

from werkzeug.http import dump_options_header

from .models import Media

_PLAIN = "!#$&+-.^_`|~"  # RFC 8187 attr-char, beside letters and digits


def as_download(media: Media) -> str:
    """The Content-Disposition of the original: the name that it came with, else its id."""
    name = media.filename or f"{media.id}.{media.format.lower()}"
    simple = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    simple = "".join(c for c in simple if c.isprintable() and c not in '"\\%')
    options = {"filename": simple or media.id, "filename*": f"UTF-8''{quote(name, safe=_PLAIN)}"}
    return dump_options_header("attachment", options)
