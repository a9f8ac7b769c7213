"""The flask-restx namespace of the udata dialect; route modules add themselves to it."""

from flask_restx import Namespace

# The credentials of reference/authentication.md, in the words of Swagger 2.0, which knows neither
# bearer tokens nor cookies. restx merges them into what the portal's own Api has.
AUTHORIZATIONS = {
    "apikey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-KEY",
        "description": "Key of a user of the portal",
    },
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Bearer and a token of the token endpoint or of your OpenID provider",
    },
    "application": {
        "type": "apiKey",
        "in": "header",
        "name": "api-key",
        "description": "Public or private key of an application",
    },
    "basic": {"type": "basic", "description": "Where MEDIADB_BASIC_AUTH is set, over https"},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": "Cookie",
        "description": "The portal's own session, where it has one",
    },
}
# Any of them will do.
SECURITY: list[dict[str, list[str]]] = [{name: []} for name in AUTHORIZATIONS]
PUBLIC: list[dict[str, list[str]]] = [{}, *SECURITY]

ns = Namespace(
    "mediadb",
    path="/mediadb",
    description="Media library: images with keywords and metadata, and search by image",
    authorizations=AUTHORIZATIONS,
)
