"""The colors benchmark: CPU time of each step."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from udata_mediadb.recognition.colors import (
    ColorsSignature,
    combined_colors,
    count_colors,
    read_palette,
)
from udata_mediadb.recognition.colors.distance import emd

from .color_pictures import picture
from .report import table

Pixels = NDArray[np.uint8]

SIGNATURE = ColorsSignature()


def costs(photos: list[Pixels]) -> str:
    """CPU time of each step, one thread."""
    some = [picture(pixels) for pixels in photos[:200]]
    stored = [SIGNATURE.describe(p) for p in some]
    data = [SIGNATURE.dumps(d) for d in stored]
    wild = read_palette([{"color": "navy", "weight": 0.3}, {"color": "gold", "weight": 0.1}])
    many = (stored * (10_000 // len(stored) + 1))[:10_000]
    steps: dict[str, tuple[Callable[[], object], int, str]] = {
        "describe a picture": (lambda: [SIGNATURE.describe(p) for p in some], len(some), "ms"),
        "load a description": (lambda: [SIGNATURE.loads(d) for d in data], len(data), "us"),
        "verify, loaded before": (
            lambda: [SIGNATURE.verify(stored[0], d) for d in stored],
            len(stored),
            "us",
        ),
        "load and verify": (
            lambda: [SIGNATURE.verify(stored[0], SIGNATURE.loads(d)) for d in data],
            len(data),
            "us",
        ),
        "load and verify with a wildcard": (
            lambda: [SIGNATURE.verify(wild, SIGNATURE.loads(d)) for d in data],
            len(data),
            "us",
        ),
        "EMD alone": (
            lambda: [emd(stored[0].signature, d.signature) for d in stored],
            len(stored),
            "us",
        ),
        "read a palette query": (lambda: read_palette(["navy", "#fc0"]), 1, "us"),
        "combine 10,000 palettes": (lambda: combined_colors(many), 1, "ms"),
        "count 10 colours in 10,000": (lambda: count_colors(many, ["red"] * 10), 1, "ms"),
    }
    rows = []
    for name, (run, count, unit) in steps.items():
        times = []
        for _ in range(5):
            started = time.process_time()
            run()
            times.append((time.process_time() - started) / count)
        rows.append([name, f"{min(times) * (1e3 if unit == 'ms' else 1e6):.1f} {unit}"])
    sizes = [len(d) for d in data]
    return (
        "## Cost\n\nCPU time of one thread, the best of five rounds over 200 pictures of at most "
        f"800 px. A stored description takes {np.mean(sizes):.0f} bytes (at most {max(sizes)}).\n\n"
    ) + table(["step", "each"], rows)
