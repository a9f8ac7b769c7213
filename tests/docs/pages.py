"""What a page tells its reader to do: code blocks, and the lines of a terminal."""

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
# A page shows the beginning of an id: 0c5f41d2…
_IDS = re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{8}…")


@dataclass(frozen=True)
class Block:
    """A fenced block: `language` is what stands behind the fence."""

    language: str
    text: str


def blocks(page: str) -> list[Block]:
    """All of a page, in order; also those that are indented in a list."""
    text = (DOCS / page).read_text()
    found = re.findall(r"^( *)```(\w+)\n(.*?)^\1```", text, re.DOTALL | re.MULTILINE)
    return [
        Block(language, re.sub(rf"^{indent}", "", body, flags=re.MULTILINE))
        for indent, language, body in found
    ]


def transcript(text: str) -> list[tuple[str, str]]:
    """(command, output) of a console block."""
    steps: list[tuple[str, str]] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ ").rstrip("\n"), ""))
        else:
            command, output = steps.pop()
            steps.append((command, output + line))
    return steps


def without_ids(output: str) -> str:
    """The output with one word for each id."""
    return _IDS.sub("ID", output)
