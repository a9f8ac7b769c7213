"""Numbers and sizes as the language of the page writes them."""

from collections.abc import Mapping

from .languages import current_language

# Between thousands, and before decimals (CLDR 46; Luxembourgish and German alike).
_MARKS: Mapping[str, tuple[str, str]] = {
    "en": (",", "."),
    "fr": ("\u202f", ","),
    "de": (".", ","),
    "lb": (".", ","),
}
_UNITS = ("B", "kB", "MB", "GB", "TB")
_UNITS_OF: Mapping[str, tuple[str, ...]] = {"fr": ("o", "ko", "Mo", "Go", "To")}


def figure(number: float, decimals: int = 0) -> str:
    """The number with marks between thousands: 1,204.5 in English."""
    thousands, point = _MARKS.get(current_language(), _MARKS["en"])
    text = f"{number:,.{decimals}f}"
    return text.translate(str.maketrans(",.", thousands + point))


def size_in_words(size_bytes: float, *, binary: bool = False) -> str:
    """A size of a file, such as 1.2 MB. `binary`: in steps of 1,024, as limits are."""
    step, unit = 1024 if binary else 1000, 0
    while size_bytes >= step and unit < len(_UNITS) - 1:
        size_bytes /= step
        unit += 1
    is_whole = unit == 0 or round(size_bytes, 1).is_integer()
    units = _UNITS_OF.get(current_language(), _UNITS)
    return f"{figure(size_bytes, 0 if is_whole else 1)}\u00a0{units[unit]}"
