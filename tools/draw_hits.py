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
TILE_PX, GAP_PX, SHOWN = 240, 10, 3
WHITE, INK = (255, 255, 255), (40, 40, 40)


def main() -> None:
    """Rank the samples twice and draw the first few."""
    names = [one["file"] for one in json.loads((SAMPLES / "samples.json").read_text())]
    pictures = {
        name: decode((SAMPLES / name).read_bytes(), max_pixels=10**8, side=1024) for name in names
    }
    similar = _ranked(SimilaritySignature(), LIKE, pictures)[1 : SHOWN + 1]
    _write("similar.jpg", [_tile(pictures[LIKE]), *(_hit(pictures, hit) for hit in similar)])
    palette = read_palette(PALETTE)
    colored = _ranked(ColorsSignature(), palette, pictures)[:SHOWN]
    _write("colors.jpg", [_swatches(palette), *(_hit(pictures, hit) for hit in colored)])


def _read(path: Path) -> Picture:
    return decode(path.read_bytes(), max_pixels=10**8, side=1024)


def _ranked(
    signature: Any, query: Any, pictures: dict[str, Picture]
) -> list[tuple[str, Comparison]]:
    described = {name: signature.describe(picture) for name, picture in pictures.items()}
    asked = described.get(query, query) if isinstance(query, str) else query
    found = [(name, signature.verify(asked, one)) for name, one in described.items()]
    return sorted(((n, c) for n, c in found if c is not None), key=lambda pair: pair[1].distance)


def _hit(pictures: dict[str, Picture], hit: tuple[str, Comparison]) -> np.ndarray:
    tile = _tile(pictures[hit[0]])
    text = f"{hit[1].distance:.2f}"
    cv2.putText(tile, text, (8, TILE_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.7, WHITE, 4, cv2.LINE_AA)
    cv2.putText(tile, text, (8, TILE_PX - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.7, INK, 2, cv2.LINE_AA)
    return tile


def _tile(picture: Picture) -> np.ndarray:
    """(TILE_PX, w, 3) BGR."""
    pixels = np.ascontiguousarray(picture.pixels[:, :, 2::-1])
    width = round(pixels.shape[1] * TILE_PX / pixels.shape[0])
    return cv2.resize(pixels, (width, TILE_PX), interpolation=cv2.INTER_AREA)


def _swatches(palette: Any) -> np.ndarray:
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


def _write(name: str, tiles: Sequence[np.ndarray]) -> None:
    gap = np.full((TILE_PX, GAP_PX, 3), 255, np.uint8)
    arrow = np.full((TILE_PX, 4 * GAP_PX, 3), 255, np.uint8)
    middle = TILE_PX // 2
    cv2.arrowedLine(
        arrow, (4, middle), (4 * GAP_PX - 6, middle), INK, 2, cv2.LINE_AA, tipLength=0.4
    )
    parts = [tiles[0], arrow]
    for tile in tiles[1:]:
        parts += [tile, gap]
    cv2.imwrite(str(IMAGES / name), np.hstack(parts[:-1]), [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main()
