"""The arrows between the modules run one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "udata_mediadb"
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
SCIENCE_MAY_IMPORT = {
    "numpy",
    "cv2",
    "hnswlib",
    "numba",
    "onnxruntime",
    "imaging",
    "errors",
    "signatures",
    "index",
}


def imports(module: Path) -> Iterator[str]:
    """Imported modules: ours as dotted paths within the package, others by their full name."""
    tree = ast.parse((PACKAGE / module).read_text())
    package = list(module.parent.parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield str(node.module)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1]
            path = [*base, *(node.module.split(".") if node.module else [])]
            yield from (".".join(["udata_mediadb", *path, alias.name]) for alias in node.names)


def ours(module: Path) -> set[str]:
    return {
        name.removeprefix("udata_mediadb.")
        for name in imports(module)
        if name.startswith("udata_mediadb.")
    }


def of(*folders: str) -> list[Path]:
    return [module for module in MODULES if module.parts[0] in folders]


@pytest.mark.parametrize("module", of("signatures", "index"), ids=str)
def test_the_science_knows_no_web_and_no_database(module: Path) -> None:
    import sys

    for name in imports(module):
        first = name.removeprefix("udata_mediadb.").split(".")[0]
        assert first in SCIENCE_MAY_IMPORT or first in sys.stdlib_module_names, name


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.stem == "models" or m.stem.endswith("_models")], ids=str
)
def test_models_know_no_web_and_no_actions(module: Path) -> None:
    for name in imports(module):
        assert not name.startswith(("flask", "werkzeug")), name
        assert not {"api", "api_fields", "actions"} & set(name.split(".")), name


@pytest.mark.parametrize("module", of("ltu"), ids=str)
def test_the_dialects_share_what_is_below_them_only(module: Path) -> None:
    assert not any({"api", "api_fields"} & set(name.split(".")) for name in ours(module))


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.stem in ("actions", "ingest", "recovery")], ids=str
)
def test_actions_know_no_web(module: Path) -> None:
    for name in imports(module):
        assert not name.startswith(("flask.", "flask_restx", "werkzeug")), name
        assert name != "flask", name


@pytest.mark.parametrize("module", of("indexing"), ids=str)
def test_indexing_stands_below_the_actions(module: Path) -> None:
    allowed = ("indexing", "index", "signatures", "media.models", "clock", "durability", "errors")
    for name in ours(module):
        assert name.startswith(allowed), name


def test_one_folder_imports_udata() -> None:
    importing = {m for m in MODULES if any(n.split(".")[0] == "udata" for n in imports(m))}

    assert importing
    assert {m.parent for m in importing} == {Path("hosts/udata")}


def test_nothing_imports_the_udata_host_by_itself() -> None:
    for module in MODULES:
        if module.parent != Path("hosts/udata"):
            assert not any(name.startswith("hosts.udata") for name in ours(module)), module


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_files_and_functions_stay_small(module: Path) -> None:
    source = (PACKAGE / module).read_text()
    assert source.count("\n") <= 300
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_nothing_is_imported_inside_a_function(module: Path) -> None:
    for node in ast.walk(ast.parse((PACKAGE / module).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            inside = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inside, node.name


def test_importing_the_package_mounts_nothing_and_connects_to_nothing() -> None:
    import subprocess
    import sys

    code = (
        "import udata_mediadb.mounting, mongoengine.connection as c;"
        "assert not c._connection_settings and not udata_mediadb.namespace.ns.apis"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
