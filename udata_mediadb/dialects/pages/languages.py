"""In which language a page speaks: what was chosen in its frame, the portal's, or the browser's.

Catalogues are gettext's, read by Python itself: nothing of the portal's own translations is touched
(docs/decisions). `tools/catalogues.py` makes them.
"""

from collections.abc import Mapping
from gettext import NullTranslations, translation
from pathlib import Path
from urllib.parse import urlencode

from flask import current_app, g, request, session

from ...hosts.current import current_host

ARGUMENT = "lang"
_KEY = "mediadb_language"
_LOCALES = Path(__file__).with_name("locales")
_DOMAIN = "mediadb"
# The languages that there are, each by its own name. lb: to be read by a native speaker yet.
NAMES: Mapping[str, str] = {
    "en": "English",
    "fr": "Français",
    "de": "Deutsch",
    "lb": "Lëtzebuergesch",
}


def offered() -> list[str]:
    """The languages of this portal's pages, the first one for whoever reads none of them."""
    named = [one for one in current_app.config["MEDIADB_PAGES_LANGUAGES"] if one in NAMES]
    return named or ["en"]


def current_language() -> str:
    """The language of this page."""
    if "mediadb_language" not in g:
        g.mediadb_language = _choose()
    chosen: str = g.mediadb_language
    return chosen


def catalogue() -> NullTranslations:
    """The texts of this page's language; English for what is missing."""
    language = current_language()
    if language == "en":
        return NullTranslations()
    known: dict[str, NullTranslations] = current_app.extensions.setdefault("mediadb_texts", {})
    if language not in known:
        known[language] = translation(_DOMAIN, _LOCALES, [language])
    return known[language]


def gettext(text: str) -> str:
    """The text in the language of this page."""
    return catalogue().gettext(text)


def ngettext(one: str, many: str, number: int) -> str:
    """The text for this number, in the language of this page."""
    return catalogue().ngettext(one, many, number)


def marked(text: str) -> str:
    """The text itself, marked for the catalogues; `gettext` gives it in a language later."""
    return text


def switch(home: str) -> list[tuple[str, str, str]]:
    """Code, name and link of each language: this page in it, or `home` where it is no GET."""
    path, arguments = (request.path, request.args) if request.method == "GET" else (home, {})
    kept = [(k, v) for k in arguments if k != ARGUMENT for v in request.args.getlist(k)]
    return [
        (code, NAMES[code], f"{path}?{urlencode([*kept, (ARGUMENT, code)])}") for code in offered()
    ]


def _choose() -> str:
    languages = offered()
    asked = request.args.get(ARGUMENT)
    if asked in languages:
        session[_KEY] = asked
    for one in (session.get(_KEY), current_host().language()):
        if one in languages:
            return str(one)
    accepted = (tag.lower().split("-")[0] for tag in request.accept_languages.values())
    return next((one for one in accepted if one in languages), languages[0])
