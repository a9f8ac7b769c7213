"""What goes between a portal and its shards: arrays and a few plain facts, as an npz file.

Never pickle. What is larger than a cap is refused before it is read, and nothing is unpacked: the
arrays are stored as they are, so no small body becomes a large one.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

FACTS = "facts"
MOST_ARRAYS = 64
# A filter names its media, 16 bytes each: so many that a portal of 3 million may be asked.
MOST_BYTES = 64 << 20


class BadBody(ValueError):
    """A body that is not what this module writes; the message says what is wrong."""


def written(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of both; `facts` is what JSON can say."""
    told = np.frombuffer(json.dumps(dict(facts)).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **{FACTS: told, **arrays})
    return buffer.getvalue()


def read(body: bytes, most_bytes: int = MOST_BYTES) -> tuple[dict[str, Any], Arrays]:
    """Facts and arrays; BadBody for anything that `written` does not give."""
    if len(body) > most_bytes:
        raise BadBody(f"a body of {len(body)} bytes; {most_bytes} are read")
    try:
        _refuse_packed(body, most_bytes)
        with np.load(io.BytesIO(body), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        facts = json.loads(arrays.pop(FACTS).astype(np.uint8).tobytes())
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, MemoryError) as exc:
        raise BadBody(f"a body that cannot be read: {exc}") from exc
    if not isinstance(facts, dict):
        raise BadBody("the facts are no object")
    return facts, arrays


def _refuse_packed(body: bytes, most_bytes: int) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        members = archive.infolist()
    if len(members) > MOST_ARRAYS or sum(one.file_size for one in members) > most_bytes:
        raise ValueError("it holds more than is read")
    if any(one.compress_type != zipfile.ZIP_STORED or one.flag_bits & 1 for one in members):
        raise ValueError("its arrays are packed")
