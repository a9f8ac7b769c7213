"""Benchmarks run by hand: what they take from the package is there, whatever was renamed since."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
FILES = sorted((REPOSITORY / "benchmarks").rglob("*.py"))


def taken(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of what it imports from our package; its peers may not be installed."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("udata_mediadb"):
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_a_benchmark_takes_from_the_package_is_there(path: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in taken(path)
        if not hasattr(import_module(module), name) and not _is_module(f"{module}.{name}")
    ]
    assert missing == []


def _is_module(name: str) -> bool:
    try:
        import_module(name)
    except ModuleNotFoundError as exc:
        if exc.name != name:
            raise
        return False
    return True
