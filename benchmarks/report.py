"""Tables of the benchmarks: printed, and kept in docs/benchmarks/ with their command."""

import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "docs" / "benchmarks"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def write(name: str, title: str, text: str) -> None:
    """Print the text, and write it to docs/benchmarks/<name>.md below what it was made with."""
    module = Path(sys.argv[0]).stem
    # a path of the machine means nothing to who reads the page: its last part does
    given = [f"…/{Path(one).name}" if one.startswith("/") else one for one in sys.argv[1:]]
    arguments = " ".join(["python", "-m", f"benchmarks.{module}", *given])
    packages = ("opencv-python-headless", "numpy", "pillow")
    made = ", ".join(f"{package} {version(package)}" for package in packages)
    page = (
        f"# {title}\n\n`{arguments}`, Python {platform.python_version()}, {made}, "
        f"{platform.machine()}.\n\n{text}\n"
    )
    print(page)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.md").write_text(page)
