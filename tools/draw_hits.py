"""Draw what the demo finds: what looks like one of its pictures, and what has a palette.

    python tools/draw_hits.py      writes docs/images/similar.jpg and docs/images/colors.jpg

The pictures are those of the demo, by Peter Abeles (BoofCV-Data), CC BY 4.0.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from captions import Pixels, captioned, side_by_side

from udata_mediadb.imaging import Picture, decode
from udata_mediadb.recognition.colors import ColorsSignature, colors_of, read_palette
from udata_mediadb.recognition.signature import Comparison
from udata_mediadb.recognition.similarity import SimilaritySignature

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "udata_mediadb" / "demo" / "samples"
IMAGES = ROOT / "docs" / "images"
LIKE = "theatine-church.jpg"
# as in the README
PALETTE = [{"color": "skyblue", "weight": 0.4}]
TILE_PX, GAP_PX, SHOWN = 240, 14, 3
WHITE, INK = (255, 255, 255), (40, 40, 40)


def main() -> None:
    """Rank the samples twice and draw the first few."""
    samples = json.loads((SAMPLES / "samples.json").read_text())
    names = {one["file"]: one["name"] for one in samples}
    pictures = {
        file: decode((SAMPLES / file).read_bytes(), max_pixels=10**8, side=1024) for file in names
    }
    query = captioned(_tile(pictures[LIKE]), "Query", names[LIKE])
    similar = _ranked(SimilaritySignature(), LIKE, pictures)[1 : SHOWN + 1]
    _write("similar.jpg", [query, *_hits(pictures, names, similar)])
    palette = read_palette(PALETTE)
    asked = captioned(_swatches(palette), "Query", "40 % sky blue", "the rest: any")
    colored = _ranked(ColorsSignature(), palette, pictures)[:SHOWN]
    _write("colors.jpg", [asked, *_hits(pictures, names, colored)])


def _ranked(
    signature: Any, query: Any, pictures: dict[str, Picture]
) -> list[tuple[str, Comparison]]:
    described = {name: signature.describe(picture) for name, picture in pictures.items()}
    asked = described.get(query, query) if isinstance(query, str) else query
    found = [(name, signature.verify(asked, one)) for name, one in described.items()]
    return sorted(((n, c) for n, c in found if c is not None), key=lambda pair: pair[1].distance)


def _hits(
    pictures: dict[str, Picture], names: dict[str, str], hits: list[tuple[str, Comparison]]
) -> list[Pixels]:
    return [
        captioned(
            _tile(pictures[file]),
            f"Stored, number {place}",
            names[file],
            f"{comparison.decision}, distance {comparison.distance:.2f}",
        )
        for place, (file, comparison) in enumerate(hits, 1)
    ]


def _tile(picture: Picture) -> Pixels:
    """(TILE_PX, w, 3) BGR."""
    pixels = np.ascontiguousarray(picture.pixels[:, :, 2::-1])
    width = round(pixels.shape[1] * TILE_PX / pixels.shape[0])
    return cv2.resize(pixels, (width, TILE_PX), interpolation=cv2.INTER_AREA)


def _swatches(palette: Any) -> Pixels:
    """The palette as bands, what it leaves open hatched."""
    tile = np.full((TILE_PX, TILE_PX // 2, 3), 235, np.uint8)
    for x in range(-TILE_PX, TILE_PX, 16):
        cv2.line(tile, (x, TILE_PX), (x + TILE_PX, 0), WHITE, 6, cv2.LINE_AA)
    top = 0
    for color in colors_of(palette):
        bottom = top + round(TILE_PX * color["weight"])
        tile[top:bottom] = [int(color["hex"][at : at + 2], 16) for at in (5, 3, 1)]
        top = bottom
    return tile


def _write(name: str, tiles: Sequence[Pixels]) -> None:
    arrow = np.full((TILE_PX, 36, 3), 255, np.uint8)
    middle = TILE_PX // 2
    cv2.arrowedLine(arrow, (0, middle), (35, middle), INK, 3, cv2.LINE_AA, tipLength=0.4)
    row = side_by_side([tiles[0], arrow, *tiles[1:]], GAP_PX)
    cv2.imwrite(str(IMAGES / name), row, [cv2.IMWRITE_JPEG_QUALITY, 88])


if __name__ == "__main__":
    main()
