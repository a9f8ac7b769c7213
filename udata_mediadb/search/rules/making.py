"""Making a rule of a kept query, a stored media, or a palette."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from ...application.models import Application
from ...errors import InvalidFields, NotFound
from ...imaging import thumbnail
from ...indexing.current import current_registry
from ...media.access import readable_media
from ...media.ingest import descriptions_of
from ...media.serving import picture_of
from ...recognition.colors import read_palette
from ...web.readers import parse_json
from ..keeping import find_query, require_own
from ..models import KeptDescription
from ..querying import decode_query
from ..sent import COPY_SIDE_PX
from .models import PictureRule

SIGNATURES = ("match", "similarity", "colors")


def new_rule(application: Application, owner: str, asked: Mapping[str, Any]) -> PictureRule:
    """The rule that `media`, `query` or `palette` makes, not stored yet.

    `asked`: beside that `signature` (usually match, with a palette colors) and `min_score`.
    Raises InvalidFields for none or several, NotFound for what the caller has not.
    """
    given = [name for name in ("media", "query", "palette") if asked.get(name) is not None]
    if len(given) != 1:
        raise InvalidFields({"media": "name one of media, query and palette"})
    usual = "colors" if given == ["palette"] else "match"
    signature = asked.get("signature") or usual
    if signature not in application.signatures or (usual == "colors" and signature != usual):
        has = ", ".join(application.signatures)
        raise InvalidFields(
            {"signature": f"the application has no {signature!r:.40}; it has {has}"}
        )
    rule = PictureRule(
        id=uuid4().hex,
        application=application.id,
        owner=owner,
        signature=signature,
        min_score=asked.get("min_score") or 0.0,
    )
    {"media": _of_media, "query": _of_query, "palette": _of_palette}[given[0]](
        rule, application, asked[given[0]]
    )
    return rule


def _of_media(rule: PictureRule, application: Application, identifier: object) -> None:
    media, home = readable_media(identifier)
    if home.id != application.id:
        raise NotFound(f"There is no media {media.id!r} in this application.")
    picture = decode_query(picture_of(media))
    rule.media, rule.sha256 = media.id, media.sha256
    rule.copy, _mime = thumbnail(picture, side=COPY_SIDE_PX)
    described = descriptions_of(current_registry(), application, picture)
    rule.descriptions = [KeptDescription(signature=k, data=one) for k, one in described.items()]


def _of_query(rule: PictureRule, application: Application, identifier: object) -> None:
    kept = find_query(str(identifier))
    require_own(kept, application)
    rule.sha256, rule.copy = kept.sha256, kept.copy
    rule.descriptions = [
        KeptDescription(signature=one.signature, data=one.data) for one in kept.descriptions
    ]


def _of_palette(rule: PictureRule, application: Application, palette: object) -> None:
    value = parse_json(palette) if isinstance(palette, str) else palette
    try:
        read_palette(value)
    except ValueError as exc:
        raise InvalidFields({"palette": str(exc)}) from exc
    rule.palette = value
