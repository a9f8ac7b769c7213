"""What is said to `flask mediadb` and would do nothing is refused, with words."""

from pathlib import Path

import pytest

from ..portal import Portal


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("backup FOLDER --list --verify", "not both"),
        ("identity --yes", "--yes goes with --accept"),
        ("import-folder FOLDER --application x --dry-run --processes 2", "goes without --dry-run"),
        ("exam --rate 0", "0<x<1"),
        ("exam --rate 1", "0<x<1"),
    ],
)
def test_what_would_do_nothing_is_refused(
    portal: Portal, tmp_path: Path, line: str, words: str
) -> None:
    done = portal.flask(*line.replace("FOLDER", str(tmp_path)).split())

    assert done.returncode == 2, done.stdout
    assert words in done.stderr
