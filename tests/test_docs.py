"""The documentation names what there is."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

import udata_mediadb
from udata_mediadb import errors
from udata_mediadb.commands import mediadb_commands
from udata_mediadb.namespace import ns
from udata_mediadb.settings import SETTINGS

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


def test_the_example_of_a_portal_runs(
    mongodb_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mongoengine

    code = re.search(r"```python\n# portal.py\n(.*?)```", page("tutorials/flask.md"), re.DOTALL)
    assert code is not None
    mongoengine.disconnect_all()
    source = code[1].replace("/var/lib/portal/files", str(tmp_path))
    source = source.replace("mongodb://127.0.0.1:27017/", mongodb_uri.rstrip("/") + "/")
    scope: dict[str, object] = {"__name__": "portal"}
    exec(source, scope)

    app = scope["app"]
    assert isinstance(app, Flask)
    assert app.test_client().get("/api/1/mediadb/media/").status_code == 200
    assert "mediadb" in app.extensions
    assert udata_mediadb.__all__ == ["init_app"]
    mongoengine.disconnect_all()


def test_every_page_is_in_the_navigation() -> None:
    text = (REPOSITORY / "mkdocs.yml").read_text()
    for path in DOCS.rglob("*.md"):
        assert str(path.relative_to(DOCS)) in text, path
