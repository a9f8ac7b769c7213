"""Write the client without asyncio from the one with it.

python tools/make_sync_client.py          write udata_mediadb/client/_sync
python tools/make_sync_client.py --check  fail where a file is not what it would be
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

CLIENT = Path(__file__).parents[1] / "udata_mediadb" / "client"
HEAD = "# Made by tools/make_sync_client.py from _async; change that.\n"
# What is another word without asyncio; longer ones first.
WORDS = (
    (r"\basync (def|with|for)\b", r"\1"),
    (r"\bawait ", ""),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\bAsync(?=[A-Z])", ""),
    (r"\basyncio\.sleep\b", "time.sleep"),
    (r"\bimport asyncio\b", "import time"),
    (r"\bhere_by_loop\b", "here_by_process"),
    (r"\b__a(enter|exit)__\b", r"__\1__"),
    (r"\baclose\b", "close"),
    (r"The client for asyncio; `_sync` is made from it by tools/make_sync_client.py.",
     "The client that waits for each answer; made from `_async`."),
)  # fmt: skip


def made(text: str) -> str:
    """The same without asyncio."""
    for word, plain in WORDS:
        text = re.sub(word, plain, text)
    text = re.sub(r"^from collections\.abc import (.*)$", _sorted, text, flags=re.MULTILINE)
    return HEAD + text


def _sorted(line: re.Match[str]) -> str:
    """Names in the order in which ruff wants them."""
    return "from collections.abc import " + ", ".join(sorted(line[1].split(", ")))


def files() -> Iterator[tuple[Path, str]]:
    """Each file of the client without asyncio, with what is in it."""
    for path in sorted((CLIENT / "_async").glob("*.py")):
        yield CLIENT / "_sync" / path.name, made(path.read_text())


def main() -> int:
    """0, or 1 with --check where a file is not up to date."""
    stale = [(path, text) for path, text in files() if not _is(path, text)]
    for path, text in stale:
        if "--check" in sys.argv:
            print(f"{path}: run python tools/make_sync_client.py")
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    return int(bool(stale) and "--check" in sys.argv)


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    raise SystemExit(main())
