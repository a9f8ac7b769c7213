"""Texts in the forms in which they are compared, for filters, words and the order of names.

`folded` keeps what makes a keyword another one; `bare` drops all that people leave out when they
type: accents, ligatures, marks. Marks that are letters of their own (Devanagari, Thai, the voicing
of kana) stay.
"""

import re
import unicodedata
from collections.abc import Iterable

# Latin letters that Unicode does not take apart, and Arabic ones that are typed for each other.
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t", "ŀ": "l",
        "œ": "oe", "æ": "ae", "þ": "th", "ĸ": "k", "ə": "e",
        "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": "",
    }
)  # fmt: skip
# As they are written where there is no such key: Müller, Mueller (German); Ålesund, Aalesund.
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
# Marks of Latin, Greek, Cyrillic, Hebrew and Arabic.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
_DIGITS = re.compile(r"[0-9]{1,18}")
KEY_LENGTH = 256  # of a sort key; names that agree so far are in the order of their ids


def folded(text: str) -> str:
    """NFC, case folded, spaces trimmed and collapsed."""
    text = unicodedata.normalize("NFC", text).casefold()
    return " ".join(unicodedata.normalize("NFC", text).split())


def bare(text: str) -> str:
    """A folded text without accents, ligatures and marks, full width as half width."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return unicodedata.normalize("NFC", _MARKS.sub("", apart).translate(_LETTERS).casefold())


def spelt_out(text: str) -> str:
    """A folded text as `bare`, with umlauts as two letters."""
    return bare(text.translate(_SPELT_OUT))


def typed_forms(texts: Iterable[str]) -> dict[str, set[str]]:
    """By folded text, the forms in which people type it: `bare`, and with umlauts `spelt_out`."""
    return {text: {bare(text), spelt_out(text)} - {""} for text in texts}


def sort_key(name: str) -> str:
    """Sorts as people sort names: case and accents do not count, numbers count as numbers."""
    return _DIGITS.sub(_as_counted, bare(folded(name)))[:KEY_LENGTH]


def _as_counted(found: re.Match[str]) -> str:
    """Digits behind how many they are: 10 sorts behind 9."""
    digits = found[0].lstrip("0") or "0"
    return f"{len(digits):02d}{digits}"
