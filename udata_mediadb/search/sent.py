"""A picture that was sent to search by: decoded and described once, whoever asks for it.

Clients send the same bytes again for another page, filter or signature, and the LTU dialect's
buffer mode sends each picture twice. So a worker remembers how the last ones were described, each
for who sent it alone: how fast an answer comes tells nobody what others look for.
"""

import copy
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cached_property, partial
from typing import Any, TypeVar

from ..imaging import WHOLE, Picture, Region, decode, thumbnail
from ..media.described import DECODE_SIDE_PX
from ..recognition.side_by_side import side_by_side
from ..recognition.signature import Signature, signature_key

D = TypeVar("D")

COPY_SIDE_PX = 1024
_MAX_PIXELS = 4096 * 4096  # of our own copies, strips too: `keeping.DETAIL_SIDE_PX`
REMEMBERED = 32  # in each worker; some 300 KB each with three signatures

Descriptions = dict[str, Any]  # by the signatures' keys


class SentPicture:
    """The picture of one request."""

    def __init__(
        self, decode: Callable[[], Picture], described: Descriptions | None = None
    ) -> None:
        """`decode` is called at most once. `described`: as far as it was described before."""
        self._decode = decode
        self._described = {} if described is None else described

    @property
    def is_described(self) -> bool:
        """Whether it was described by any signature: then its bytes are known to decode."""
        return bool(self._described)

    @cached_property
    def picture(self) -> Picture:
        """Its pixels; raises what decoding raises."""
        return self._decode()

    @cached_property
    def copy(self) -> bytes:
        """What is kept of its pixels for the next pages: a JPEG without metadata."""
        return thumbnail(self.picture, side=COPY_SIDE_PX)[0]

    @cached_property
    def seen(self) -> Picture:
        """Its pixels as those pages have them: two that looked closer at different ones would
        not be pages of one list."""
        whole = self.picture
        return seen_again(self.copy, (whole.width, whole.height), whole.format)

    def described(self, signature: Signature[D]) -> D:
        """Its description, the same object for nobody else: what comparing adds to it goes."""
        self.describe_by([signature])
        description: D = copy.copy(self._described[signature_key(signature)])
        return description

    def describe_by(self, signatures: Iterable[Signature[Any]]) -> None:
        """Describe it by these, side by side, as far as it was not before."""
        by_key = {signature_key(one): one for one in signatures}
        lacking = {key: one for key, one in by_key.items() if key not in self._described}
        if lacking:
            picture = self.picture
            made = side_by_side([partial(one.describe, picture) for one in lacking.values()])
            self._described.update(zip(lacking, made, strict=True))


def seen_again(data: bytes, size: tuple[int, int], form: str, region: Region = WHOLE) -> Picture:
    """The pixels of a kept copy, or of a part of it; `size`, `form`: those of the original."""
    shown = decode(data, max_pixels=_MAX_PIXELS, side=DECODE_SIDE_PX, region=region)
    width, height = region.size(size)
    return replace(shown, width=width, height=height, format=form)


class SentPictures:
    """How the last pictures were described that a worker was sent; safe for several threads."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], Descriptions] = OrderedDict()

    def of(self, sha256: str, whose: str | None, decode: Callable[[], Picture]) -> SentPicture:
        """The picture of this file. `whose`: who sent it; nothing is remembered for None."""
        if whose is None:
            return SentPicture(decode)
        with self._lock:
            described = self._known.setdefault((whose, sha256), {})
            self._known.move_to_end((whose, sha256))
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return SentPicture(decode, described)
