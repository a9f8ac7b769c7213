"""The flask-restx namespace of the udata dialect; route modules add themselves to it."""

from flask_restx import Namespace

ns = Namespace(
    "mediadb",
    path="/mediadb",
    description="Media library: images with keywords and metadata, and search by image",
)
SECURITY = "apikey"
