"""Make the pictures in `udata_mediadb/demo/samples` from the collection that `samples.json` names.

    python tools/make_samples.py ../shared/data

`query.jpg` is what a phone might give of one of them: part of it, tilted, darker, compressed hard.
"""

import argparse
import json
from pathlib import Path

from PIL import Image, ImageEnhance

SAMPLES = Path(__file__).parent.parent / "udata_mediadb" / "demo" / "samples"
LONG_SIDE_PX = 640  # thirty of them stay below 2.5 MB in the wheel
QUALITY = 85
QUERY_OF = "books.jpg"
QUERY_BOX = (0.18, 0.08, 0.86, 0.82)  # left, top, right, bottom: the books and part of the cloth
QUERY_TILT_DEG = 7.0
QUERY_BRIGHTNESS = 0.8
QUERY_QUALITY = 70


def main() -> None:
    """Write all the pictures and the query."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collection", type=Path)
    collection = parser.parse_args().collection
    for sample in json.loads((SAMPLES / "samples.json").read_text(encoding="utf-8")):
        with Image.open(collection / sample["source"]) as original:
            picture = original.convert("RGB")  # without EXIF
        if sample["file"] == QUERY_OF:
            _query(picture).save(SAMPLES / "query.jpg", quality=QUERY_QUALITY)
        picture.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.LANCZOS)
        picture.save(SAMPLES / sample["file"], quality=QUALITY)


def _query(picture: Image.Image) -> Image.Image:
    tilted = picture.rotate(QUERY_TILT_DEG, Image.Resampling.BICUBIC)
    width, height = picture.size
    left, top, right, bottom = QUERY_BOX
    part = tilted.crop(
        (int(left * width), int(top * height), int(right * width), int(bottom * height))
    )
    part.thumbnail((LONG_SIDE_PX, LONG_SIDE_PX), Image.Resampling.LANCZOS)
    return ImageEnhance.Brightness(part).enhance(QUERY_BRIGHTNESS)


if __name__ == "__main__":
    main()
