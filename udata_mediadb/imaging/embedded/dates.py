"""Dates of EXIF, IPTC and XMP -> ISO 8601 in the precision that they have."""

import re
from datetime import datetime

_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")
_IPTC = re.compile(r"(\d{4})(\d\d)(\d\d)")
_IPTC_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)([+-]\d{4})?")
_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_XMP = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)


def exif_date(text: object, offset: object = None) -> str | None:
    """DateTimeOriginal, with OffsetTimeOriginal where it is there (EXIF 2.32, 4.6.5 F)."""
    found = _EXIF.fullmatch(text.strip("\0 ")) if isinstance(text, str) else None
    if found is None:
        return None
    zone = offset.strip("\0 ") if isinstance(offset, str) else ""
    return _joined(found.groups(), zone if _OFFSET.fullmatch(zone) else "")


def iptc_date(day: str | None, hour: str | None) -> str | None:
    """2:55 and 2:60 of IIM: CCYYMMDD, where month and day may be 00, and HHMMSS±HHMM."""
    found = _IPTC.fullmatch((day or "").strip())
    if found is None:
        return None
    parts = [part for part in found.groups() if part != "00"]
    at = _IPTC_TIME.fullmatch((hour or "").strip())
    if at is None or len(parts) < 3:
        return _joined(parts)
    zone = f"{at[4][:3]}:{at[4][3:]}" if at[4] else ""
    return _joined([*parts, at[1], at[2], at[3]], zone)


def xmp_date(text: object) -> str | None:
    """A date of XMP (part 1, 8.2.1.3): a year, or more of it."""
    found = _XMP.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        return None
    *parts, zone = found.groups()
    return _joined([part for part in parts if part], (zone or "").replace("Z", "+00:00"))


def _joined(parts: list[str] | tuple[str, ...], zone: str = "") -> str | None:
    """ISO 8601 of 1 to 6 parts; None where there is no such day or time."""
    numbers = [int(part) for part in parts]
    year, month, day, hour, minute, second = (*numbers, *(1, 1, 1, 0, 0, 0)[len(numbers) :])
    try:
        datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    text = "-".join(parts[:3])
    return text + ("T" + ":".join(parts[3:]) + zone if len(parts) > 3 else "")
