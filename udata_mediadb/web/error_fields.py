"""How errors look on the wire, and what each status means, for the OpenAPI document."""

from collections.abc import Mapping

from flask_restx import Model, fields

from .page_fields import FREE, shaped

error_fields = Model(
    "MediaDBError",
    {
        "message": fields.String(required=True, description="What is wrong, for people"),
        "status": fields.Integer(required=True, description="The HTTP status once more"),
        "error": fields.String(description="What is wrong, for programs", example="not-found"),
        "errors": shaped(
            FREE,
            description="Of invalid-fields: each argument with what is accepted",
            example={"page_size": "page_size must be a positive integer, not '0'"},
        ),
    },
)

MEANINGS: Mapping[int, str] = {
    400: "Something in the request is wrong; errors says what, by argument",
    401: "No credentials where some are needed, or wrong ones",
    403: "Known, but not allowed",
    404: "Nothing of that id that you may see",
    409: "The state of the object does not allow it",
    410: "Deleted",
    412: "It changed since you read it",
    413: "Too many bytes, or too many pixels",
    415: "Not a picture that is read here",
    416: "The file has no such range",
    422: "The same Idempotency-Key with another body",
    423: "The portal takes no changes at present",
    429: "Over a limit; Retry-After says when to ask again",
    503: "Something is away for a moment; Retry-After says when to ask again",
}
EVERYWHERE = (400, 401, 429, 503)
