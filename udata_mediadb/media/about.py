"""What is said of a picture's origin and rights: title, description, creator, licence, …

Stored as one object on the media, `about`; who made it and what one may do with it go out with
every answer, ready to be printed.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from flask import request

from ..hosts.current import current_host
from ..hosts.licences import Licence, licence_of_url
from ..imaging.embedded import Facts
from ..web.about_readers import DEFAULT, is_language

BY_LANGUAGE = ("title", "description", "alt")
TEXTS = ("creator", "credit", "source", "rights", "taken_at")
WHEN = ("published_from", "published_until")


def proposed_about(facts: Facts) -> dict[str, Any]:
    """What a file says of itself, in the same form; coordinates only in `place`.

    A licence only where its address is one of the portal's.
    """
    found: dict[str, Any] = {
        name: {lang: text for lang, text in getattr(facts, name).items() if is_language(lang)}
        for name in BY_LANGUAGE
    }
    found |= {
        "creator": "; ".join(facts.creators),
        "credit": facts.credit,
        "source": facts.source,
        "rights": facts.copyright,
        "taken_at": facts.taken_at,
    }
    if facts.licence_url:
        licence = licence_of_url(current_host().licences(), facts.licence_url)
        found["licence"] = licence.id if licence else None
    if facts.place is not None:
        found["place"] = {k: v for k, v in vars(facts.place).items() if v is not None}
    return {name: value for name, value in found.items() if value}


def represent_about(about: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The fields of an answer; texts in the language that is preferred, all with `lang=*`."""
    licence = about.get("licence")
    known = current_host().licences().get(licence) if licence else None
    shown: dict[str, Any] = {field: _chosen(about.get(field, {})) for field in BY_LANGUAGE}
    shown |= {field: about.get(field) for field in (*TEXTS, *WHEN, "takedown")}
    return {
        **shown,
        "licence": vars(known or Licence(licence, licence)) if licence else None,
        "place": dict(about["place"]) if about.get("place") else None,
        "attribution": attribution(about, name, known),
    }


def _chosen(texts: Mapping[str, str]) -> Any:
    if not texts:
        return None
    asked = request.args.get("lang")
    if asked == "*":
        return dict(texts)
    wanted = [asked] if asked else [tag for tag, _quality in request.accept_languages]
    for tag in wanted:
        near = (one for one in texts if one.split("-")[0] == tag.split("-")[0])
        if (found := texts.get(tag) or texts.get(next(near, ""))) is not None:
            return found
    return texts.get(DEFAULT) or next(iter(texts.values()))


def attribution(
    about: Mapping[str, Any], name: str, licence: Licence | None
) -> dict[str, str] | None:
    """A line to print beside the picture, as text and as HTML; None where nobody is to be named."""
    whom = about.get("credit") or about.get("creator")
    if not whom and licence is None:
        return None
    texts = about.get("title", {})
    title = texts.get(DEFAULT) or next(iter(texts.values()), name)
    by, under = f" by {whom}" if whom else "", licence.title if licence else ""
    text = f"“{title}”{by}" + (f", {under}" if under else "")
    if licence is not None and licence.url:
        text += f" ({licence.url})"
        under = f'<a rel="license" href="{escape(licence.url)}">{escape(under)}</a>'
    else:
        under = escape(under)
    html = f"<cite>{escape(title)}</cite>{escape(by)}" + (f", {under}" if under else "")
    return {"text": text, "html": html}
