"""Draw a match: stored picture left, query right, the agreeing keypoints, the matching box.

    python tools/draw_match.py [--data ../shared/data]    writes docs/images/match.jpg

The pictures are two views by Peter Abeles (BoofCV-Data), CC BY 4.0.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from captions import Pixels, captioned, side_by_side

from udata_mediadb.imaging import Picture
from udata_mediadb.recognition.match.alignment import Alignment, align
from udata_mediadb.recognition.match.signature import MatchSignature

ROOT = Path(__file__).parent.parent
LINES = 40
GAP_PX = 14
BOX, LINE = (40, 40, 230), (60, 200, 60)  # BGR


def main() -> None:
    """Describe, align and draw the two pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    views = parser.parse_args().data / "views" / "triple"
    # the stored picture: a part of the first view; the query: the third view
    stored = cv2.imread(str(views / "books_01.jpg"))
    stored = stored[40 : stored.shape[0] - 120, 120 : stored.shape[1] - 200]
    query = cv2.imread(str(views / "books_03.jpg"))
    signature = MatchSignature()
    described = [signature.describe(picture(image)) for image in (query, stored)]
    alignment = align(*described)
    comparison = signature.verify(*described)
    assert alignment is not None
    assert comparison is not None
    frames = [cv2.resize(i, d.resized) for i, d in zip((query, stored), described, strict=True)]
    inliers = len(alignment.source)
    score = comparison.details["confidence"]
    panels = [
        captioned(
            frames[1],
            "Stored",
            "Old books on a painted table",
            "green: points that agree, red: the common part",
        ),
        captioned(
            frames[0],
            "Query",
            "a photo taken from another place",
            f"{comparison.decision}, distance {comparison.distance:.2f}, score {score:.3f}: "
            f"{inliers} points agree",
        ),
    ]
    canvas = drawn(panels, alignment, frames[1].shape[1] + GAP_PX)
    target = ROOT / "docs" / "images" / "match.jpg"
    target.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(target), canvas, [cv2.IMWRITE_JPEG_QUALITY, 84])


def picture(image: Pixels) -> Picture:
    rgb = np.ascontiguousarray(image[:, :, ::-1])
    return Picture(rgb, image.shape[1], image.shape[0], "JPEG")


def drawn(panels: list[Pixels], alignment: Alignment, left: int) -> Pixels:
    """(h, w, 3) BGR: both panels, lines between agreeing keypoints, both boxes."""
    canvas = side_by_side(panels, GAP_PX)
    shift = np.array([left, 0])
    every = max(1, len(alignment.source) // LINES)
    pairs = zip(alignment.source[::every], alignment.target[::every] + shift, strict=True)
    for start, end in pairs:
        a, b = (tuple(int(v) for v in np.round(point)) for point in (start, end))
        cv2.line(canvas, a, b, LINE, 1, cv2.LINE_AA)
        for point in (a, b):
            cv2.circle(canvas, point, 3, LINE, 2, cv2.LINE_AA)
    for corners in (alignment.box, alignment.quad + shift):
        outline = np.round(corners).astype(np.int32)
        cv2.polylines(canvas, [outline], True, BOX, 3, cv2.LINE_AA)
    return canvas


if __name__ == "__main__":
    main()
