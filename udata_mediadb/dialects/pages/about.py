"""About these pages, their accessibility, and how the library is."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import url_for
from markupsafe import Markup
from pymongo.errors import PyMongoError

from ...application.models import Application
from ...authorization.caller import applications_of
from ...errors import MediaDBError
from ...indexing.current import current_catalogs, current_registry
from ...indexing.versions import in_use
from ...media.describing import progress_of
from ...media.models import ACTIVE, DELETED, PENDING, Media
from .languages import gettext, ngettext
from .rendering import page
from .told import told
from .visitor import current_visitor
from .wording import signature_word

_VENDORED = Path(__file__).with_name("static") / "vendor" / "vendored.json"
# On any page: its pictures as a list to choose from, or the only one at once.
_BOOKMARKLET = (Path(__file__).with_name("static") / "bookmarklet.js").read_text(encoding="utf-8")


def about() -> str:
    """What this is, whose software is in it, its keys, and how to search from other sites."""
    search = url_for(".search", _external=True)
    script = _BOOKMARKLET.replace("SEARCH", json.dumps(search)).replace("\n", " ")
    return page(
        "about.html",
        version=version("udata-mediadb"),
        vendored=json.loads(_VENDORED.read_text(encoding="utf-8")),
        bookmarklet=Markup("javascript:") + script,
    )


def accessibility() -> str:
    """The accessibility statement."""
    return page("accessibility.html")


def status() -> str:
    """In one line for everybody; for users also of each of their libraries."""
    principal = current_visitor().principal
    libraries = [_state(one) for one in applications_of(principal)] if principal else []
    return page("status.html", works=_works(), states=libraries, version=version("udata-mediadb"))


def _works() -> bool:
    try:
        Application.objects.only("id").first()
    except PyMongoError:
        return False
    return True


def _state(library: Application) -> dict[str, Any]:
    media = {
        kind: Media.objects(application=library.id, state=kind).count()
        for kind in (ACTIVE, PENDING, DELETED)
    }
    describing = progress_of(current_registry(), library)
    indexes = [_index(library, name) for name in library.signatures]
    return {
        "library": library,
        "media": media[ACTIVE],
        "pending": media[PENDING],
        "deleted": media[DELETED],
        "describing": [
            gettext("%(name)s: %(done)s of %(all)s pictures described")
            % {"name": signature_word(name), "done": done, "all": media[ACTIVE]}
            for name, done in describing.items()
        ],
        "indexes": indexes,
        "good": not describing and not media[PENDING] and all(one["good"] for one in indexes),
    }


def _index(library: Application, name: str) -> dict[str, Any]:
    word = signature_word(name)
    key = in_use(current_registry(), library.described_versions, name)
    try:
        held = current_catalogs().get(library.id, key).status()
    except MediaDBError as error:
        return {"name": word, "good": False, "words": told(error.message)}
    if not held["behind"]:
        return {"name": word, "good": True, "words": gettext("up to date")}
    words = ngettext("%(n)s change behind", "%(n)s changes behind", held["behind"])
    return {"name": word, "good": True, "words": words % {"n": held["behind"]}}
