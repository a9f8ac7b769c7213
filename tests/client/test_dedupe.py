"""`mediadb dedupe` as a process of its own, on a real portal."""

import os
import pty
import subprocess
from pathlib import Path

import cv2
import pytest

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from .shell import MEDIADB, Shell, lines


@pytest.fixture
def library(tenant: Tenant) -> dict[str, str]:
    """A large picture, the same one small, a part of another one, and that."""
    add = tenant.client.add
    small = encoded(cv2.resize(photo(1), (480, 360)))
    part = encoded(photo(2)[60:420, 80:520].copy())
    files = {"large": jpeg(1), "small": small, "whole": jpeg(2), "part": part}
    return {name: add(tenant.application, data)["id"] for name, data in files.items()}


def left(shell: Shell) -> int:
    return len(lines(shell("list", "--json")))


def test_duplicates_are_listed_and_nothing_is_changed(
    shell: Shell, library: dict[str, str]
) -> None:
    done = shell("dedupe", "--json")
    groups = lines(done)

    assert done.returncode == 0, done.stderr
    assert [one["kind"] for one in groups] == ["same", "part"]
    assert groups[0]["suggestion"] == {"action": "merge", "keep": library["large"]}
    planned = lines(shell("dedupe", "--merge", "--json"))
    assert [one["would"] for one in planned] == ["merge", None], "a part is never merged unasked"
    for more in ((), ("--merge",), ("--apply", "suggested"), ("--merge", "--yes", "--dry-run")):
        told = shell("dedupe", "--no-scan", *more)
        assert "2 groups: 1 same, 1 part" in told.stderr
        assert library["small"] in told.stdout
    assert left(shell) == 4


def test_what_is_surely_the_same_is_merged_and_comes_back(
    shell: Shell, library: dict[str, str]
) -> None:
    assert shell("dedupe", "--fail-on", "same").returncode == 3
    done = shell("dedupe", "--merge", "--yes", "--json")
    [merged] = lines(done)

    assert (done.returncode, merged["state"]) == (0, "merged")
    assert "1 of 1 group done, 1 left as they are" in done.stderr
    assert shell("get", library["small"]).returncode == 1
    assert left(shell) == 3
    again = shell("dedupe", "--no-scan", "--merge", "--yes")
    assert "0 of 0 groups done" in again.stderr, "the same line again does what is left"
    assert shell("dedupe", "--no-scan", "--fail-on", "same").returncode == 0
    assert shell("dedupe", "--no-scan", "--fail-on", "any").returncode == 3
    assert shell("dedupe", "--undo", str(merged["id"])).returncode == 0
    assert left(shell) == 4


def test_each_decision_has_its_word_and_a_refusal_keeps_no_other_from_its_turn(
    shell: Shell, library: dict[str, str]
) -> None:
    same, part = lines(shell("dedupe", "--json"))
    assert shell("edit", library["small"], "--set", "rights=Ours").returncode == 0
    linked = shell("dedupe", "--no-scan", "--kind", "part", "--link", "--yes", "--json")
    assert [one["state"] for one in lines(linked)] == ["linked"]
    hindered = shell("dedupe", "--no-scan", "--kind", "same", "--merge", "--yes")
    assert (hindered.returncode, left(shell)) == (0, 4), "what differs in rights is left alone"
    assert "differ in rights" in shell("dedupe", "--no-scan").stdout
    assert shell("dedupe", "--undo", str(part["id"])).returncode == 0
    both = ("dedupe", "--undo", str(same["id"]), "--undo", str(part["id"]))
    assert shell(*both).returncode == 1, "neither is decided about"
    suggested = shell("dedupe", "--no-scan", "--apply", "suggested", "--yes", "--json")
    assert {one["state"] for one in lines(suggested)} == {"linked"}


def test_a_group_that_was_decided_about_meanwhile_is_a_failure_of_its_own(
    shell: Shell, library: dict[str, str]
) -> None:
    same, part = lines(shell("dedupe", "--json"))
    named = ("--group", str(same["id"]), "--group", str(part["id"]), "--yes", "--json")
    assert (
        len(lines(shell("dedupe", "--group", str(same["id"]), "--keep-all", "--yes", "--json")))
        == 1
    )
    done = shell("dedupe", "--dismiss", *named)
    assert done.returncode == 1
    assert "kept already" in done.stderr
    assert [one["id"] for one in lines(done)] == [part["id"]]


def test_who_sits_at_a_terminal_is_asked(
    shell: Shell, library: dict[str, str], tmp_path: Path
) -> None:
    def asked(answer: bytes) -> str:
        ours, theirs = pty.openpty()
        try:
            process = subprocess.Popen(
                [*MEDIADB, "dedupe", "--merge", "--quiet"],
                stdin=theirs, stdout=theirs, stderr=theirs, env=dict(shell.environment),
            )  # fmt: skip
            os.close(theirs)
            said = b""
            while b"[y/N]" not in said:
                said += os.read(ours, 4096)
            os.write(ours, answer)
            assert process.wait(300) == 0
        finally:
            os.close(ours)
        return said.decode()

    assert "Merge 1 group (1 media go, and can be restored)?" in asked(b"n\n")
    assert left(shell) == 4
    asked(b"y\n")
    assert left(shell) == 3


@pytest.mark.parametrize(
    "arguments", [("--kind", "other"), ("--apply", "purge"), ("--undo", "x", "--merge")]
)
def test_wrong_words_change_nothing(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell("dedupe", *arguments).returncode == 2
