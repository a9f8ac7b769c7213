"""How imports and uploads look on the wire."""

from flask_restx import Model, fields

from ...web.page_fields import nullable, page_model

imported_fields = Model(
    "MediaDBImportedItem",
    {
        "number": fields.Integer(description="Its place in the import, from 0"),
        "item": fields.String(description="A path in the ZIP, a row, an address"),
        "outcome": fields.String(
            enum=["added", "updated", "skipped", "ignored", "failed"],
            description="What became of it; of a dry run, what would have",
        ),
        "media": nullable(fields.String, description="The media that was added, or is there"),
        "reason": nullable(fields.String),
    },
)
imported_page_fields = page_model("MediaDBImportedItemPage", imported_fields)
upload_fields = Model(
    "MediaDBUpload",
    {
        "id": fields.String,
        "offset": fields.Integer(description="Bytes that are there"),
        "length": fields.Integer(description="Bytes of the whole"),
    },
)
