"""Who may import whom: the table of docs/explanation/architecture.md, tried on every pair."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "udata_mediadb"
TABLE = ROOT / "docs" / "explanation" / "architecture.md"
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
NAMES = {".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in MODULES}
ROOMS = sorted({path.parts[0] for path in MODULES if len(path.parts) > 1})
ROOT_ENTRIES = 26  # with sources, which the client's wheel has as well
FREE_OF_WEB_AND_DATABASE = ("recognition", "imaging", "fetching", "crypto")


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
            for alias in node.names:
                full = ".".join([*path, alias.name])
                yield f"udata_mediadb.{full if full in NAMES else '.'.join(path)}"


def ours(module: Path) -> set[str]:
    return {
        name.removeprefix("udata_mediadb.")
        for name in imports(module)
        if name.startswith("udata_mediadb.")
    }


def allowed() -> dict[str, set[str]]:
    """By room, the rooms that it may import, as the table of the docs has them."""
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", TABLE.read_text(), flags=re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", cell)) for room, cell in rows}


def arrows() -> dict[tuple[str, str], list[str]]:
    """Which room imports which, and where; documents may be named from everywhere."""
    found: dict[tuple[str, str], list[str]] = {}
    for module in MODULES:
        if len(module.parts) == 1:
            continue
        for name in ours(module):
            target = name.split(".")[0]
            is_document = name.rpartition(".")[2] in ("models", "plain_models")
            if target in ROOMS and target != module.parts[0] and not is_document:
                found.setdefault((module.parts[0], target), []).append(f"{module} -> {name}")
    return found


def test_the_table_names_every_room() -> None:
    assert sorted(allowed()) == ROOMS


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_the_table_lets_it(room: str) -> None:
    for (one, other), where in arrows().items():
        assert one != room or other in allowed()[room], where


def test_the_table_holds_nothing_that_is_not_used() -> None:
    drawn = set(arrows())
    unused = {(one, other) for one, others in allowed().items() for other in others} - drawn

    assert not unused


def test_no_arrow_runs_back_up() -> None:
    below: dict[str, set[str]] = {}

    def all_below(room: str, on_the_way: tuple[str, ...] = ()) -> set[str]:
        assert room not in on_the_way, " -> ".join([*on_the_way, room])
        if room not in below:
            direct = allowed()[room]
            deeper = [all_below(other, (*on_the_way, room)) for other in direct]
            below[room] = direct.union(*deeper)
        return below[room]

    for room in ROOMS:
        all_below(room)


def test_the_root_holds_few_entries() -> None:
    # a folder that was moved away may live on as its __pycache__
    entries = [path for path in PACKAGE.iterdir() if path.is_file() or [*path.rglob("*.py")]]

    assert len(entries) <= ROOT_ENTRIES


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.parts[0] in FREE_OF_WEB_AND_DATABASE], ids=str
)
def test_the_science_knows_no_web_and_no_database(module: Path) -> None:
    foreign = ("flask", "werkzeug", "mongoengine", "pymongo", "bson", "udata.")
    for name in imports(module):
        assert not name.startswith(foreign), name


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.stem == "models" or m.stem.endswith("_models")], ids=str
)
def test_models_know_no_web_and_no_actions(module: Path) -> None:
    for name in imports(module):
        assert not name.startswith(("flask", "werkzeug")), name
        assert not {"api", "api_fields", "actions"} & set(name.split(".")), name


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] == "dialects"], ids=str)
def test_the_dialects_share_what_is_below_them_only(module: Path) -> None:
    assert not any({"api", "api_fields"} & set(name.split(".")) for name in ours(module))


@pytest.mark.parametrize(
    "module", [m for m in MODULES if m.stem in ("actions", "ingest", "recovery")], ids=str
)
def test_actions_know_no_web(module: Path) -> None:
    for name in imports(module):
        assert not name.startswith(("flask.", "flask_restx", "werkzeug")), name
        assert name != "flask", name


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
    code = (
        "import udata_mediadb.mounting.app, mongoengine.connection as c;"
        "from udata_mediadb.web.namespace import ns;"
        "assert not c._connection_settings and not ns.apis"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
