"""What the API refuses is told in the language of the page, in words that its catalogues hold."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from udata_mediadb.dialects.pages.told import TEXTS, told

from ..auth.local import local_app
from ..hosts import plain_only
from ..portal import Portal

PACKAGE = Path(__file__).parents[2] / "udata_mediadb"
# Where what strangers send is refused, and where a search says why it did not find.
ROOMS = ("imaging", "fetching", "operations/imports", "search/explaining")
RAISED = ("UnsupportedImage", "TooLarge", "FetchRefused", "Unavailable", "Outcome", "InvalidFields")
# For programs, and for who keeps the portal; people on pages do not meet them.
OTHERS = re.compile(
    r"one of |it is one of another|there is no such dry run|the dry run did not|collections lie|"
    r"at most .* (entries in one feed|manifests)|an object of keys|an import does not change|"
    r"line .* of the table|%\(a\)s is no object|.* bytes came along|^line %\(a\)s: |"
    r"the upload has|a whole number of|the extension .* of tus|"
    r"each key stands once|the sum is Base64|send bytes as|values are Base64|goes with source="
)


def messages() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                name = node.func if isinstance(node, ast.Call) else None
                if isinstance(name, ast.Name) and name.id in RAISED:
                    for text in texts_in(node):  # type: ignore[arg-type]
                        yield f"{room}/{path.name}", text


def texts_in(call: ast.Call) -> Iterator[str]:
    for one in (*call.args, *(word.value for word in call.keywords)):
        values = one.values if isinstance(one, ast.Dict) else [one]
        for value in values:
            text = text_of(value)
            if text and " " in text:
                yield text


def text_of(node: ast.expr | None) -> str | None:
    """The text as a template, its places in order."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    letters = iter("abcdefgh")
    parts = [
        str(one.value) if isinstance(one, ast.Constant) else f"%({next(letters)})s"
        for one in node.values
    ]
    return "".join(parts)


@pytest.mark.parametrize(("where", "text"), sorted(set(messages())))
def test_what_people_meet_is_in_the_catalogues(where: str, text: str) -> None:
    assert text in TEXTS or OTHERS.match(text), where


@plain_only
@pytest.mark.parametrize(
    ("message", "german"),
    [
        ("file: this is no ZIP that can be read", "das ist kein ZIP, das gelesen werden kann"),
        ("over the limit of 99 bytes", "über der Grenze von 99 Bytes"),
        (
            "This is a PDF, which is not read here: save it as PNG. Read are JPEG, PNG.",
            "Das ist ein PDF, was hier nicht gelesen wird: speichern Sie es als PNG. "
            "Gelesen werden JPEG, PNG.",
        ),
        (
            "name: a name has 1 to 9 characters; url: no",
            "name: a name has 1 to 9 characters; url: no",
        ),
        ("100 % of (what) %(x)s nobody knows", "100 % of (what) %(x)s nobody knows"),
        ("There is no such page.", "Diese Seite gibt es nicht."),
        ("the ZIP has no file '%(a)s'", "das ZIP hat keine Datei '%(a)s'"),
    ],
)
def test_messages_are_told_in_the_language_of_the_page(
    portal: Portal, message: str, german: str
) -> None:
    with local_app(portal).test_request_context("/mediadb/?lang=de"):
        assert told(message) == german
    with local_app(portal).test_request_context("/mediadb/?lang=en"):
        assert told("a PDF") == "a PDF"
