"""How hits look on the wire."""

from collections.abc import Sequence
from typing import Any, get_args

from flask_restx import Model, fields

from ..application.models import Application
from ..media.api_fields import media_fields
from ..media.api_fields import represent as represent_media
from ..media.models import Media
from ..recognition.signature import Decision
from ..web.page_fields import FREE, nullable, page_model, shaped
from .query import Hit

hit_fields = Model(
    "MediaDBHit",
    {
        "media": fields.Nested(media_fields),
        "decision": nullable(fields.String, enum=list(get_args(Decision))),
        "distance": nullable(fields.Float, description="0: the same; 1: nothing in common"),
        "score": nullable(fields.Float, description="How sure it is, 0 to 1; see min_score"),
        "best_signature": nullable(fields.String, description="The signature that ranks this hit"),
        "duplicates": fields.List(
            fields.String, description="Media that show the same, with `collapse`"
        ),
        "details": shaped(FREE, description="What each signature found; see explanation/match.md"),
    },
)
hit_page_fields = page_model("MediaDBHitPage", hit_fields)


def represent(hits: Sequence[Hit], application: Application) -> list[dict[str, Any]]:
    """Hits with their media."""
    shown = represent_media([hit.media for hit in hits], application)
    return [
        {
            "media": media,
            "decision": hit.best.decision,
            "distance": hit.best.distance,
            "score": hit.score,
            "best_signature": hit.best_signature,
            "duplicates": list(hit.duplicates),
            "details": {name: found.details for name, found in hit.comparisons.items()},
        }
        for hit, media in zip(hits, shown, strict=True)
    ]


def represent_found(found: Sequence[Media], application: Application) -> list[dict[str, Any]]:
    """Media found by keywords and metadata alone, in the form of hits."""
    nothing = dict.fromkeys(("decision", "distance", "score", "best_signature"))
    return [
        {"media": media, **nothing, "duplicates": [], "details": {}}
        for media in represent_media(found, application)
    ]
