"""Segments of the form before packed postings, as versions up to 0.4 wrote them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from udata_mediadb.recognition.match.inverted.merging import Part
from udata_mediadb.recognition.match.inverted.vocabulary import Vocabulary
from udata_mediadb.recognition.segments.files import write_directory

FORMER = 2


def write_former(path: Path, part: Part, vocabulary: Vocabulary) -> None:
    """All images of the part, each posting with the number of its image."""
    postings = part.postings
    ids, geometry = postings.between(0, len(postings))

    def fill(directory: Path) -> Mapping[str, object]:
        columns = {
            "offsets": postings.offsets,
            "ids": ids,
            "codes": postings.codes,
            "geometry": geometry,
            "wholes": postings.wholes,
            "images": part.images,
        }
        for name, column in columns.items():
            np.save(directory / f"{name}.npy", column, allow_pickle=False)
        return {"images": len(part.images), "postings": len(postings)}

    about = {"format": FORMER, "vocabulary": vocabulary.version, "words": len(vocabulary)}
    write_directory(path, fill, about)
