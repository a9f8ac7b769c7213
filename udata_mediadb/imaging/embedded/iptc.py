"""IPTC-IIM: the application record that news agencies and older archives write (IIM 4.2)."""

from collections import defaultdict
from collections.abc import Iterator

from PIL import ImageFile

from .dates import iptc_date
from .facts import (
    CREATORS_COUNT,
    KEYWORD_LENGTH,
    KEYWORDS_COUNT,
    Facts,
    Place,
    in_default,
    line,
    lines,
    paragraph,
)

MAX_BYTES = 256 * 1024  # of the block: a JPEG segment holds 64 kB
MAX_DATASETS = 2_000
_RESOURCE = 0x0404  # of Photoshop's image resources
_TIFF_TAG = 33723
_MARK = 0x1C
_CHARSET, _UTF8 = (1, 90), b"\x1b%G"
# By their numbers in record 2
_TITLE, _HEADLINE, _KEYWORDS, _DAY, _HOUR, _BYLINE = 5, 105, 25, 55, 60, 80
_CITY, _STATE, _COUNTRY, _CREDIT, _SOURCE, _COPYRIGHT, _CAPTION = 90, 95, 101, 110, 115, 116, 120

Record = dict[tuple[int, int], list[bytes]]


def iptc_facts(image: ImageFile.ImageFile) -> Facts:
    """What its IPTC block says; nothing where there is none, or none that can be read."""
    record = _record(_block(image))
    if not record:
        return Facts()
    texts = _Texts(record)
    places = [text for one in (_CITY, _STATE, _COUNTRY) if (text := line(texts.first(one)))]
    return Facts(
        title=in_default(line(texts.first(_TITLE)) or line(texts.first(_HEADLINE))),
        description=in_default(paragraph(texts.first(_CAPTION))),
        creators=lines(texts.all(_BYLINE), CREATORS_COUNT),
        credit=line(texts.first(_CREDIT)),
        copyright=line(texts.first(_COPYRIGHT)),
        source=line(texts.first(_SOURCE)),
        taken_at=iptc_date(texts.first(_DAY), texts.first(_HOUR)),
        keywords=lines(texts.all(_KEYWORDS), KEYWORDS_COUNT, KEYWORD_LENGTH),
        place=Place(name=", ".join(places)) if places else None,
    )


class _Texts:
    """Texts of the application record, in the charset that the envelope names.

    Few name one. Then UTF-8 is taken where all of it is that, which no other charset is by chance,
    else Windows' Latin, in which most of it was written.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        texts = [b"".join(values) for (number, _), values in record.items() if number == 2]
        named = record.get(_CHARSET, [b""])[0]
        self._charset = "utf-8" if named == _UTF8 or all(map(_is_utf8, texts)) else "cp1252"

    def all(self, number: int) -> list[str]:
        return [v.decode(self._charset, "replace") for v in self._record.get((2, number), [])]

    def first(self, number: int) -> str | None:
        return next(iter(self.all(number)), None)


def _block(image: ImageFile.ImageFile) -> bytes:
    resources = image.info.get("photoshop")
    if isinstance(resources, dict):
        block = resources.get(_RESOURCE)
    else:
        data = getattr(getattr(image, "tag_v2", None), "_tagdata", {})
        block = data.get(_TIFF_TAG)
    return bytes(block[:MAX_BYTES]) if isinstance(block, bytes) else b""


def _record(block: bytes) -> Record:
    found: Record = defaultdict(list)
    for count, (key, value) in enumerate(_datasets(block)):
        if count >= MAX_DATASETS:
            break
        found[key].append(value)
    return found


def _datasets(block: bytes) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Up to the first that is damaged (IIM 4.2, 1.5)."""
    position = 0
    while position + 5 <= len(block) and block[position] == _MARK:
        key = (block[position + 1], block[position + 2])
        length = int.from_bytes(block[position + 3 : position + 5], "big")
        position += 5
        if length & 0x8000:  # an extended dataset says how many bytes its length has
            size = length & 0x7FFF
            length = int.from_bytes(block[position : position + min(size, 4)], "big")
            position += size
        if position + length > len(block):
            return
        yield key, block[position : position + length]
        position += length


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
