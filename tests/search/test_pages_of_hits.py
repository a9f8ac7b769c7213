"""The pages of a search are those of one list, also where it looks closer."""

from pathlib import Path

import cv2
import numpy as np
import requests

import udata_mediadb.demo

from ..fixtures import Tenant
from ..images import encoded
from .test_search_api import search

SAMPLES = Path(udata_mediadb.demo.__file__).parent / "samples"


def collage(names: list[str], side: int) -> bytes:
    """Photographs of the demo in rows of four."""
    cells = [cv2.resize(cv2.imread(str(SAMPLES / f"{one}.jpg")), (side, side)) for one in names]
    rows = [np.hstack(cells[n : n + 4]) for n in range(0, len(cells), 4)]
    return encoded(cv2.cvtColor(np.vstack(rows), cv2.COLOR_BGR2RGB), "JPEG", quality=88)


def test_the_pages_of_a_search_that_looks_closer_are_those_of_one_list(tenant: Tenant) -> None:
    samples = sorted(one.stem for one in SAMPLES.glob("*.jpg"))[:16]
    for name in samples:
        data = (SAMPLES / f"{name}.jpg").read_bytes()
        tenant.client.add(tenant.application, data, name=name)
    image = collage(samples, 500)

    whole = search(tenant, image, signatures="match", page_size="20")
    page = search(tenant, image, signatures="match", page_size="3")
    shown = list(page["data"])
    while page["next_page"]:
        headers = {"X-API-KEY": str(tenant.client.key)}
        page = requests.get(page["next_page"], headers=headers, timeout=300).json()
        shown += page["data"]

    assert len(whole["data"]) >= 8
    assert [(hit["media"]["id"], hit["distance"]) for hit in shown] == [
        (hit["media"]["id"], hit["distance"]) for hit in whole["data"]
    ]
