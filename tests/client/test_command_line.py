"""`mediadb` as a process of its own, on a real portal."""

import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal
from .shell import MEDIADB, Shell, lines


def test_a_day_at_the_library(shell: Shell, tenant: Tenant, tmp_path: Path) -> None:
    bridge = tenant.client.add(tenant.application, jpeg(3), name="A bridge", keywords="river")["id"]
    tenant.client.add(tenant.application, jpeg(4), name="A hill")
    part = tmp_path / "part.jpg"
    part.write_bytes(encoded(photo(3)[60:420, 100:560]))

    assert bridge in shell("list", "bridg").stdout
    [hit] = lines(shell("search", str(part), "--json"))
    assert (hit["media"]["id"], hit["decision"]) == (bridge, "match")  # type: ignore[index]
    [piped] = lines(shell("search", "-", "--json", stdin=part.read_bytes()))
    assert piped["media"]["id"] == bridge  # type: ignore[index]
    compared = shell("compare", str(part), bridge, "--json")
    assert compared.returncode == 0, compared.stderr
    told = shell("compare", str(part), bridge).stdout
    assert "match: match" in told
    assert len(told.splitlines()) <= 4, "a person reads a verdict, not a hundred points"
    why = shell("why", str(part), bridge)
    assert why.stdout.startswith("It is found."), why.stderr
    assert "box_share" in why.stdout
    edited = shell("edit", bridge, "--set", "metadata.year=1932", "--add-keyword", "old", "--json")
    assert lines(edited)[0]["keywords"] == ["river", "old"]
    assert shell("get", bridge, "--file", "original", "-o", str(tmp_path / "a.jpg")).returncode == 0
    assert (tmp_path / "a.jpg").read_bytes() == jpeg(3)
    made = shell("collections", "create", "Bridges").stdout.strip()
    assert shell("collections", "add", made, bridge).returncode == 0
    assert bridge in shell("collections", "show", made).stdout
    exported = shell("export", "--format", "csv", "--sort", "name").stdout.splitlines()
    assert [line.split(",")[1] for line in exported] == ["name", "A bridge", "A hill"]
    known = lines(shell("status", "--json"))[0]
    assert known["applications"][0]["id"] == tenant.application  # type: ignore[index]
    assert shell("rm", bridge).returncode == 0
    assert len(lines(shell("list", "--json"))) == 1
    [gone] = lines(shell("list", "--filter", "deleted=true", "--json"))
    assert gone["id"] == bridge
    assert "restored" in shell("restore", bridge).stdout
    assert len(lines(shell("list", "--json"))) == 2


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_that_fails_leaves_the_former_one(
    shell: Shell, tenant: Tenant, tmp_path: Path, form: str
) -> None:
    tenant.client.add(tenant.application, jpeg(5), name="A hill")
    kept = tmp_path / "all"
    kept.write_text("of last week")
    kept.chmod(0o640)
    line = ("export", "--format", form, "-o", str(kept))

    assert shell(*line, "--filter", "keywrod=x").returncode == 2
    assert kept.read_text() == "of last week"
    assert shell(*line).returncode == 0
    assert "A hill" in kept.read_text()
    assert [one.name for one in tmp_path.iterdir()] == ["all"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640
    assert shell("export", "-o", str(tmp_path / "no" / "all")).returncode == 1


def test_a_key_is_made_used_and_revoked(shell: Shell) -> None:
    key = shell("keys", "create", "kiosk", "--scope", "search").stdout.strip()
    alone = {"MEDIADB_KEY": "", "MEDIADB_APPLICATION_KEY": key}
    assert shell("list", **alone).returncode == 4
    [made] = [one for one in lines(shell("keys", "list", "--json")) if one["kind"] == "named"]
    assert made["scopes"] == ["search"]
    assert shell("keys", "revoke", str(made["id"])).returncode == 0
    assert shell("status", **alone).returncode == 4


# Arguments, changes of the environment, the exit code, and a word of what is said.
ENDS = [
    (("search", "nothing-there.jpg"), {}, 2, "no file"),
    (("search",), {}, 2, "Missing argument"),
    (("list", "--filter", "keywrod=x"), {}, 2, "keyword"),
    (("list", "--filter", "keyword"), {}, 2, "NAME=VALUE"),
    (("edit", "x"), {}, 2, "what to change"),
    (("list",), {"MEDIADB_KEY": "mdb_wrong"}, 4, "Invalid"),
    (("list",), {"MEDIADB_URL": "http://127.0.0.1:9"}, 5, "no answer"),
    (("list",), {"MEDIADB_URL": ""}, 2, "Which portal"),
    (("get", "00000000-0000-4000-8000-000000000000"), {}, 1, "no media"),
    (("rm", "00000000-0000-4000-8000-000000000000"), {}, 1, "no media"),
    (("completion", "powershell"), {}, 2, "fish"),
]


@pytest.mark.parametrize(("arguments", "changes", "code", "word"), ENDS)
def test_each_end_has_its_exit_code(
    shell: Shell, arguments: tuple[str, ...], changes: dict[str, str], code: int, word: str
) -> None:
    done = shell(*arguments, **changes)
    assert (done.returncode, word in done.stderr) == (code, True), done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_a_search_that_finds_nothing_ends_with_1(shell: Shell, tmp_path: Path) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(jpeg(9))
    done = shell("search", str(picture), "--signature", "match")
    assert (done.returncode, done.stdout) == (1, "")


def test_a_login_is_noted_for_its_owner_and_its_portal_alone(
    shell: Shell, portal: Portal, tenant: Tenant, tmp_path: Path
) -> None:
    none = {"MEDIADB_URL": "", "MEDIADB_KEY": ""}
    key = tenant.client.key or ""
    wrong = shell("login", "--url", portal.url, "--key", "mdb_wrong", **none)
    assert wrong.returncode == 4
    assert shell("login", "--url", portal.url, "--key", key, **none).returncode == 0
    noted = tmp_path / "config" / "mediadb" / "login.json"
    assert stat.S_IMODE(noted.stat().st_mode) == 0o600
    assert shell("status", **none).returncode == 0
    assert "You are a key" not in shell("status", **none).stdout, "whatever the host calls a user"
    elsewhere = shell("status", "--url", portal.url.replace("127.0.0.1", "localhost"), **none)
    assert elsewhere.returncode == 4  # no key goes there


BASH = """eval "$(mediadb completion bash)"
for words in "ded" "dedupe --kind same_" "jobs ca"; do
    COMP_WORDS=(mediadb $words); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
    _mediadb_completion mediadb; echo "${COMPREPLY[@]}"
done"""
FISH = """mediadb completion fish | source
for words in "ded" "dedupe --kind same_" "jobs ca"
    complete -C "mediadb $words" | cut -f 1
end"""
ZSH = """autoload -U compinit; compinit -u -D; eval "$(mediadb completion zsh)"
echo dedupe; whence -w _mediadb_completion | grep -c function; echo ${_comps[mediadb]}"""
SHELLS = {
    "bash": (BASH, ["dedupe", "same_bytes", "cancel"]),
    "fish": (FISH, ["dedupe", "same_bytes", "cancel"]),
    "zsh": (ZSH, ["dedupe", "1", "_mediadb_completion"]),
}


def test_the_version_is_told(shell: Shell) -> None:
    done = shell("--version")

    assert (done.returncode, done.stdout.split()[0]) == (0, "mediadb,")


@pytest.mark.parametrize("name", SHELLS)
def test_shells_complete_commands(shell: Shell, name: str, tmp_path: Path) -> None:
    assert "_MEDIADB_COMPLETE" in shell("completion", name).stdout
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not installed")
    script, completed = SHELLS[name]
    program = tmp_path / "mediadb"
    program.write_text(f'#!/bin/sh\nexec {" ".join(MEDIADB)} "$@"\n')
    program.chmod(0o755)
    path = f"{tmp_path}:{shell.environment['PATH']}"
    done = subprocess.run(
        [name, "-c", script],
        env={**shell.environment, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.split() == completed, done.stderr
