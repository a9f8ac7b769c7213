"""Pictures saved with what gives their tones a meaning."""

from io import BytesIO

from PIL import Image

MAX_PIXELS = 50_000_000


def saved(picture: Image.Image, name: str, **options: object) -> bytes:
    out = BytesIO()
    picture.save(out, name, **options)
    return out.getvalue()
