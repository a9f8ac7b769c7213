"""What the dialect's answers look like, as JSON Schema in the words of OpenAPI 3.0."""

from typing import Any

from ....media.about import BY_LANGUAGE, TEXTS, WHEN

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time", "example": "2023-09-29T13:15:33.341804Z"}
LINK: Schema = {"type": "string", "format": "uri"}
ANYTHING: Schema = {"type": "object", "additionalProperties": True}
MEDIA_ID: Schema = {"type": "string", "example": "635aea82-22cc-4ec4-810b-2189b4a1007e"}
COLLECTION_ID: Schema = {"type": "string", "example": "ec1aae8f1e9748e5ac6728394c73b47a"}


def listed(items: Schema) -> Schema:
    """A list of these."""
    return {"type": "array", "items": items}


def shaped(required: str, **properties: Schema) -> Schema:
    """An object; `required` are names with spaces between them. It may have more than is named."""
    needed = {"required": required.split()} if required else {}
    return {"type": "object", **needed, "properties": properties}


def ref(name: str) -> Schema:
    """The schema of this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {**schema, "nullable": True}


_KEYWORDS = listed(TEXT)
_FILES = shaped("thumbnail_url", url=LINK, thumbnail_url=LINK)
# As the other dialect shows them; of one that was found by picture they are among its metadata.
_ABOUT = {
    **{name: {"description": "A text; with lang=* one by language"} for name in BY_LANGUAGE},
    **{name: or_null(TEXT) for name in (*TEXTS, *WHEN, "takedown")},
    **{name: or_null(ANYTHING) for name in ("licence", "place", "attribution")},
}
_SHOWN = {
    "id": MEDIA_ID,
    "name": TEXT,
    "media": _FILES,
    "url": {**LINK, "description": "Where the application shows links"},
    "buffer": {
        "type": "string",
        "format": "byte",
        "description": "In place of url where options.default.url is false",
    },
    "thumbnail": LINK,
    "thumbnail_url": LINK,
    "keywords": _KEYWORDS,
    "metadata": ANYTHING,
}
_POINT = {"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2}
_BOX = shaped("points area", points=listed(_POINT), area=NUMBER)
_SIDE = shaped(
    "", originalDimensions=listed(NUMBER), resizedDimensions=listed(NUMBER), matchingBox=_BOX
)
_HOMOGRAPHY = shaped(
    "source destination coefficients",
    source=TEXT,
    destination=TEXT,
    coefficients={"type": "array", "items": NUMBER, "minItems": 9, "maxItems": 9},
)
_DETAILS = {
    **shaped(
        "best_index best_signature score",
        best_index={"type": "string", "example": "72004001"},
        best_signature=TEXT,
        score={**NUMBER, "description": "The distance: best matches have a low one"},
        confidence=NUMBER,
        keywords=_KEYWORDS,
        metadata=ANYTHING,
    ),
    "description": "And, under the code of each signature that found it, a SignatureResult",
    "additionalProperties": True,
}
_COLLECTION = {
    "id": COLLECTION_ID,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "name": TEXT,
    "metadata": ANYTHING,
    "keywords": _KEYWORDS,
    "api_key": {"type": "string", "description": "The public key of the application"},
}
_APPLICATION = shaped(
    "id public_key private_key status owner name signatures medias_type options public",
    id=COLLECTION_ID,
    public_key=TEXT,
    private_key=TEXT,
    status={"type": "string", "enum": ["Active", "Inactive"]},
    owner=TEXT,
    name=TEXT,
    created_at=MOMENT,
    updated_at=MOMENT,
    signatures=listed(TEXT),
    medias_type={"type": "string", "example": "Image"},
    options=ANYTHING,
    public=FLAG,
)
_RESULT = shaped("id status message", id=TEXT, status=WHOLE, message=TEXT)
_NAMES = "id name media thumbnail thumbnail_url keywords metadata"

SCHEMAS: dict[str, Schema] = {
    "Error": {
        **shaped(
            "message status detail error", message=TEXT, status=WHOLE, detail=TEXT, error=TEXT
        ),
        "description": "errors, where single properties are wrong, has a message for each",
    },
    "Token": shaped(
        "access_token expires_in refresh_expires_in refresh_token token_type",
        access_token=TEXT,
        expires_in=WHOLE,
        refresh_expires_in=WHOLE,
        refresh_token=TEXT,
        token_type=TEXT,
        id_token=TEXT,
        session_state=TEXT,
        scope=TEXT,
    ),
    "TokenError": shaped("error", error=TEXT, error_description=TEXT),
    "Applications": shaped("count results", count=WHOLE, results=listed(_APPLICATION)),
    "Media": shaped(_NAMES + " created_at md5", **_SHOWN, **_ABOUT, created_at=MOMENT, md5=TEXT),
    "Medias": shaped(
        "count next previous results",
        count=WHOLE,
        next=or_null(LINK),
        previous=or_null(LINK),
        results=listed(ref("Media")),
    ),
    "Added": shaped(
        "id",
        id=MEDIA_ID,
        md5=TEXT,
        duplicate_of=MEDIA_ID,
        similar_to=MEDIA_ID,
        warnings=listed(TEXT),
    ),
    "Id": shaped("id", id=TEXT),
    "Hit": {
        **shaped(
            _NAMES, **_SHOWN, **_ABOUT, score=NUMBER, details=_DETAILS, flip=FLAG, explain=TEXT
        ),
        "description": "Found by keywords and metadata alone it has neither score nor details; "
        "flip and explain where they were asked for",
    },
    "Found": shaped(
        "count next previous results",
        count=WHOLE,
        next=or_null(LINK),
        previous=or_null(LINK),
        results=listed(ref("Hit")),
        explain={**ANYTHING, "description": "Why the media that explain names is not found"},
    ),
    "SignatureResult": shaped(
        "message code info score",
        message=TEXT,
        code=NUMBER,
        score=NUMBER,
        keywords=_KEYWORDS,
        info=shaped(
            "decision category reference query scores distance",
            decision=TEXT,
            category={"type": "string", "example": "LOCALMATCHING"},
            reference=_SIDE,
            query=_SIDE,
            scores=ANYTHING,
            distance=NUMBER,
            homography=_HOMOGRAPHY,
        ),
    ),
    "Collection": shaped(
        "id collections created_at updated_at name metadata keywords api_key parent",
        **_COLLECTION,
        collections=listed(TEXT),
        parent=or_null(TEXT),
    ),
    "SmartCollection": shaped(
        "id created_at updated_at name metadata keywords api_key query",
        **_COLLECTION,
        query=ANYTHING,
    ),
    "Changed": shaped(
        "id results message status",
        id=TEXT,
        added=listed(TEXT),
        already=listed(TEXT),
        removed=listed(TEXT),
        absent=listed(TEXT),
        results=listed(_RESULT),
        message=TEXT,
        status=WHOLE,
    ),
}
