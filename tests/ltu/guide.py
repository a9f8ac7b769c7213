"""The samples of LTU's guide, read at test time: where they are, and what is repaired in them.

The guide is not part of this project. It is looked for at MEDIADB_GUIDE, else as
`shared/seeds/ltu-mediadb-guide.txt` beside the checkout or above it.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

NAME = Path("shared", "seeds", "ltu-mediadb-guide.txt")
_PYTHON_HEADING = re.compile(r"^- Python (code )?sample", re.IGNORECASE)
_PYTHON_END = re.compile(r"= requests\.\w+\(|^token = ")
_CURL_CONTINUED = ("--form", "--header")


@dataclass(frozen=True)
class Sample:
    """Lines `first` to `last` of the guide, counted from 1."""

    language: str
    first: int
    last: int
    text: str

    def __str__(self) -> str:
        return f"{self.language}-{self.first}"


@dataclass(frozen=True)
class Repair:
    """What is wrong in a line, and the line put right."""

    reason: str
    apply: Callable[[str], str]


def find_guide() -> Path | None:
    if given := os.environ.get("MEDIADB_GUIDE"):
        return Path(given)
    above = Path(__file__).resolve().parents
    return next((parent / NAME for parent in above if (parent / NAME).is_file()), None)


def samples() -> list[Sample]:
    """Every sample, repaired; none where there is no guide."""
    guide = find_guide()
    if guide is None:
        return []
    lines = guide.read_text().splitlines()
    repaired = [
        REPAIRS[number].apply(line) if number in REPAIRS else line
        for number, line in enumerate(lines, 1)
    ]
    spans = [*(("python", *span) for span in _python(lines))]
    spans += [("curl", *span) for span in _curl(lines)]
    return [
        Sample(language, first, last, "\n".join(repaired[first - 1 : last]))
        for language, first, last in sorted(spans, key=lambda span: span[1])
    ]


def _python(lines: list[str]) -> Iterator[tuple[int, int]]:
    """From below a heading to the last request before the next heading."""
    for start, line in enumerate(lines):
        if not _PYTHON_HEADING.match(line):
            continue
        end = next((n for n in range(start + 1, len(lines)) if lines[n].startswith("- ")), None)
        body = range(start + 1, end if end is not None else len(lines))
        last = max(n for n in body if _PYTHON_END.search(lines[n]))
        yield start + 2, last + 1


def _curl(lines: list[str]) -> Iterator[tuple[int, int]]:
    for start, line in enumerate(lines):
        if not line.startswith("curl "):
            continue
        last = start
        while lines[last + 1].startswith(_CURL_CONTINUED):
            last += 1
        yield start + 1, last + 1


def _append(text: str) -> Callable[[str], str]:
    return lambda line: line.rstrip() + text


def _replace(old: str, new: str) -> Callable[[str], str]:
    def apply(line: str) -> str:
        assert old in line, f"the guide has changed: {line!r}"
        return line.replace(old, new, 1)

    return apply


_COMMA = Repair("a comma is missing between two entries of a dict", _append(","))
_BARE_BEARER = Repair(
    "a string without quotes", lambda line: re.sub(r"Bearer <(\w+)>", r"'Bearer <\1>'", line)
)
_CLOSE_QUOTE = Repair("a string is not closed", lambda line: line.rstrip().rstrip(",") + "',")
_EQUALS = Repair("= for : in a dict", _replace("' = ", "': "))
_VERB = Repair("-X without a verb takes the URL for one", _replace("-X ", "-X POST "))
_BRACE = Repair("the JSON object is not closed", _replace("]'", "]}'"))

REPAIRS: dict[int, Repair] = {
    228: Repair("a comma is missing in the JSON", _replace('] "', '], "')),
    232: Repair("the line goes on without a backslash", _append(" \\")),
    248: _BARE_BEARER,
    281: _VERB,
    286: _BARE_BEARER,
    298: Repair("a string of several lines", _replace("'{", "'''{")),
    302: Repair("a string of several lines", _replace("}'", "}'''")),
    440: Repair("a quote is not closed", _replace('g" -F', "g\"' -F")),
    457: _EQUALS,
    628: _CLOSE_QUOTE,
    630: Repair("a string is not closed", _append("'")),
    698: _BRACE,
    711: _COMMA,
    712: _COMMA,
    788: _BRACE,
    801: _COMMA,
    802: _COMMA,
    834: _COMMA,
    835: _COMMA,
    888: Repair("a space is missing before an option", _replace("'--data", "' --data")),
    908: _CLOSE_QUOTE,
    965: Repair("the token is cut and the quote not closed", _append("'")),
    1020: Repair("parentheses closed too early", _replace("get() ", "get(")),
    1048: _COMMA,
    1049: _COMMA,
    1220: _VERB,
    1227: _EQUALS,
    1268: Repair("a quote is not opened", _replace("--data {", "--data '{")),
}

# Names that a sample uses and the guide defines in words only; by the sample's first line.
PREAMBLES: dict[int, str] = {
    157: "headers = {'Content-Type': 'application/x-www-form-urlencoded'}",
    198: "headers = {'Content-Type': 'application/x-www-form-urlencoded'}",
    244: "url = BASE + '/media'",
    285: "import requests\nurl = BASE + '/media'\npath_img = PICTURE",
    442: "path_img = PICTURE",
}
