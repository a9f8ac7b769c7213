"""The documentation names what there is."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask
from flask_restx import Api
from flask_restx.swagger import Swagger

import udata_mediadb
from udata_mediadb import errors
from udata_mediadb.hosts import plain
from udata_mediadb.mounting.app import BLUEPRINTS
from udata_mediadb.mounting.settings import SETTINGS
from udata_mediadb.operations.commands import mediadb_commands
from udata_mediadb.operations.openapi_api import contracts
from udata_mediadb.web.namespace import ns
from udata_mediadb.web.openapi import openapi

from .connections import disconnect
from .hosts import QUIET

REPOSITORY = Path(__file__).parents[1]
DOCS = REPOSITORY / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_its_heading_with_default_and_help(setting: object) -> None:
    section = f"## {setting.name}\n\n{setting.help}\nDefault: `{setting.default!r}`.\n"  # type: ignore[attr-defined]
    assert section in page("reference/settings.md")


def test_every_error_is_in_the_table() -> None:
    def below(cls: type[errors.MediaDBError]) -> list[type[errors.MediaDBError]]:
        return [cls, *(deeper for sub in cls.__subclasses__() for deeper in below(sub))]

    for cls in below(errors.MediaDBError)[1:]:
        assert f"| {cls.status} | `{cls.slug}` |" in page("reference/api.md"), cls


def test_every_route_is_in_the_api_pages() -> None:
    text = "".join(path.read_text() for path in DOCS.rglob("*.md"))
    for _resource, urls, *_ in ns.resources:
        for url in urls:
            shown = re.sub(r"<[^>]*>", "<", url.strip("/")).split("<")[0]
            assert f"`{shown}" in text, url


def test_the_documents_of_the_api_can_be_written() -> None:
    """With nothing started: a model that is not registered shows here."""
    app = Flask("portal")
    api = Api(app)
    api.add_namespace(ns)
    with app.test_request_context():
        swagger = Swagger(api).as_dict()  # the Api itself would answer an error by a document
    document = openapi(swagger, contracts(), ns.path, "/")

    assert len(document["paths"]) == len(
        [url for _resource, urls, *_ in ns.resources for url in urls]
    )


def test_tables_of_arguments_are_what_the_routes_declare() -> None:
    command = [sys.executable, "tools/argument_tables.py", "--check"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_is_in_the_docs() -> None:
    text = "".join(path.read_text() for path in [*DOCS.rglob("*.md"), REPOSITORY / "README.md"])

    def commands(group: click.Group, path: str) -> list[str]:
        found = []
        for name, command in group.commands.items():
            if isinstance(command, click.Group):
                found += commands(command, f"{path} {name}")
            else:
                found.append(f"{path} {name}")
        return found

    for command in commands(mediadb_commands, "flask mediadb"):
        assert command in text, command


def test_links_between_pages_lead_somewhere() -> None:
    for path in [*DOCS.rglob("*.md"), REPOSITORY / "README.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_pages_that_the_code_names_are_there() -> None:
    # where a line is full, the code leaves `docs/` away
    named = re.compile(r"\b(?:tutorials|how-to|reference|explanation|decisions)/[\w-]+\.md")
    for folder in ("udata_mediadb", "tests", "tools", "benchmarks"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for target in named.findall(path.read_text()):
                assert (DOCS / target).exists(), f"{path.name}: {target}"


def test_sections_that_the_code_names_are_there() -> None:
    named = re.compile(r'((?:tutorials|how-to|reference|explanation)/[\w-]+\.md), "([^"]+)"')
    found = 0
    for path in (REPOSITORY / "udata_mediadb").rglob("*.py"):
        for target, section in named.findall(path.read_text().replace("\n#", "")):
            found += 1
            assert f"# {section}\n" in page(target), f"{path.name}: {target}, {section}"
    assert found > 10


CODE = re.compile(r"`((?:[\w-]+/)*[a-z]\w*\.py)`")
LONGEST_SENTENCE = 36  # words; what is longer is read twice
OTHERS = {"setup.py", "portal.py", "save.py", "restore.py"}  # of hnswlib, and the reader's


def test_files_of_the_code_that_pages_name_are_there() -> None:
    every = [str(p.relative_to(REPOSITORY)) for p in REPOSITORY.glob("[bdtu]*/**/*.py")]
    pages = [path for path in DOCS.rglob("*.md") if path.parent.name != "decisions"]
    for path in [*pages, REPOSITORY / "README.md", REPOSITORY / "AGENTS.md"]:
        for folder in re.findall(r"`(udata_mediadb/[a-z_/]+/)`", path.read_text()):
            assert (REPOSITORY / folder).is_dir(), f"{path.name}: {folder}"
        for name in set(CODE.findall(path.read_text())) - OTHERS:
            assert any(one.endswith(f"/{name}") or one == name for one in every), (
                f"{path.name}: {name}"
            )


def headings(path: Path) -> set[str]:
    """The anchors of a page, as mkdocs makes them."""
    found = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", f).strip().lower()) for f in found}


def test_links_to_headings_lead_somewhere() -> None:
    for path in [*DOCS.rglob("*.md"), REPOSITORY / "README.md"]:
        for target, anchor in re.findall(r"\]\(([^)#:]*)#([^)]*)\)", path.read_text()):
            page_of = (path.parent / target).resolve() if target else path
            assert anchor in headings(page_of), f"{path.name}: {target}#{anchor}"


USES = re.compile(r"""\$\{?API\b(?!-KEY)(?!['"]{1,2}(?:mediadb/|swagger))(.{0,9})""")


def test_api_and_key_mean_one_thing_everywhere() -> None:
    for path in [*DOCS.rglob("*.md"), REPOSITORY / "README.md"]:
        text = path.read_text().replace("`$API`", "").replace("`$KEY`", "")
        assert not USES.findall(text), path
        for value in re.findall(r"\bAPI=(\S+)", text):
            assert value.startswith("$(jq") or value.endswith("/api/1/"), f"{path.name}: {value}"
        for value in re.findall(r"\bKEY=(\S+)", text):
            assert value.startswith("X-API-KEY:"), f"{path.name}: {value}"
        for line in re.findall(r".*\$KEY.*", text):
            assert ":$KEY" not in line, f"{path.name}: {line}"
            assert "curl" not in line or '-H "$KEY"' in line, f"{path.name}: {line}"


def test_messages_in_the_troubleshooting_are_those_of_the_code() -> None:
    code = "".join(path.read_text() for path in (REPOSITORY / "udata_mediadb").rglob("*.py"))
    rows = re.findall(r"^\| `([^`]+)`", page("how-to/troubleshoot.md"), re.MULTILINE)
    assert len(rows) > 15
    for message in rows:
        assert message in code, message


def test_words_of_the_glossary_are_in_order_and_once() -> None:
    tables = page("reference/glossary.md").split("\n## ")[1:]
    words = [re.findall(r"^\| (?!word|---)([^|]+) \|", table, re.MULTILINE) for table in tables]
    for table in words:
        assert table == sorted(table, key=str.lower)
    every = [word for table in words for word in table]
    assert len(every) == len(set(every)) > 100


def test_the_portal_of_the_readme_runs(
    mongodb_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    readme = (REPOSITORY / "README.md").read_text()
    code = re.search(r"```python\n(from flask .*?)```", readme, re.DOTALL)
    assert code is not None
    disconnect()
    source = code[1].replace("/var/lib/portal/files", str(tmp_path))
    source = source.replace("mongodb://127.0.0.1:27017/", mongodb_uri.rstrip("/") + "/")
    scope: dict[str, object] = {"__name__": "portal"}
    exec(source, scope)

    app = scope["app"]
    assert isinstance(app, Flask)
    app.config.update(QUIET)
    assert app.test_client().get("/api/1/mediadb/media/").status_code == 200
    assert "mediadb" in app.extensions
    assert udata_mediadb.__all__ == ["init_app"]
    disconnect()


def test_blueprints_that_a_portal_has_to_exempt_are_named() -> None:
    said = page("how-to/mount-in-a-flask-portal.md").split("CSRFProtect")[1].split("\n## ")[0]
    (line,) = re.findall(r"^for name in \((.*)\):$", said, flags=re.MULTILINE)

    assert set(re.findall(r"\w+", line)) == {*BLUEPRINTS, plain.BLUEPRINT}


def test_every_page_is_named_on_the_first_one() -> None:
    first = page("index.md")
    for room in ("tutorials", "how-to", "reference", "explanation"):
        for path in (DOCS / room).glob("*.md"):
            assert f"]({room}/{path.name})" in first, path.name


def test_every_page_is_in_the_navigation() -> None:
    text = (REPOSITORY / "mkdocs.yml").read_text()
    for path in DOCS.rglob("*.md"):
        assert str(path.relative_to(DOCS)) in text, path


def sentences(path: Path) -> list[str]:
    """Of paragraphs and lists; no code, no tables."""
    text = re.sub(r"^( *)```.*?^\1```", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"^\|.*$|<!--.*?-->", "", text, flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[*#-]|\d+\.) )", text)
    return [s for part in parts for s in re.split(r"(?<=[.!?:])\s+(?=[A-Z`*\d])", part)]


@pytest.mark.parametrize("room", ("tutorials", "how-to"))
def test_sentences_for_everybody_are_short(room: str) -> None:
    for path in (DOCS / room).glob("*.md"):
        for sentence in sentences(path):
            assert len(sentence.split()) <= LONGEST_SENTENCE, f"{path.name}: {sentence}"
