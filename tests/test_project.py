"""What a project has beside its package: a changelog in form, workflows that call .ci/run."""

import re
import runpy
from configparser import ConfigParser
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
CI = (REPOSITORY / ".github/workflows/ci.yml").read_text()


@pytest.fixture
def of_form() -> object:
    return runpy.run_path(str(REPOSITORY / "tools/check_release.py"))["of_form"]


def classifiers() -> str:
    config = ConfigParser()
    config.read(REPOSITORY / "setup.cfg")
    return config["metadata"]["classifiers"]


def test_the_changelog_is_in_form(of_form) -> None:  # type: ignore[no-untyped-def]
    assert of_form((REPOSITORY / "CHANGELOG.md").read_text()) == []


@pytest.mark.parametrize(
    ("heading", "named"),
    [
        ("## [1.2]", "[1.2]"),
        ("## 1.2.3 - 2026-11-25", "1.2.3 - 2026-11-25"),
        ("## [Unreleased]\n\n### News", "News"),
        ("## [Unreleased]\n\n## [1.2.3] - 25.11.2026", "[1.2.3] - 25.11.2026"),
        ("# Changes", "none"),
    ],
)
def test_what_is_not_in_form_is_named(of_form, heading: str, named: str) -> None:  # type: ignore[no-untyped-def]
    (problem,) = of_form(f"# Changelog\n\n{heading}\n")

    assert problem.endswith(f": {named}")


def test_every_python_that_we_name_is_tried() -> None:
    named = re.findall(r"Python :: (3\.\d+)", classifiers())
    matrix = re.search(r"python: \[(.*)\]", CI)

    assert matrix is not None
    assert re.findall(r"3\.\d+", matrix[1]) == named


def test_every_job_runs_what_runs_here() -> None:
    jobs = re.split(r"^  \w+:\n    name:", CI, flags=re.MULTILINE)[1:]

    assert len(jobs) == 2
    assert all("- run: .ci/run" in job for job in jobs)
