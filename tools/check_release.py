"""Check that a tag, the version in setup.cfg and CHANGELOG.md agree.

python tools/check_release.py v1.2.3
"""

import configparser
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
# https://keepachangelog.com/en/1.1.0/
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
RELEASE = re.compile(r"\[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}")


def main() -> None:
    """Exit with a message that names what does not fit."""
    if problems := [*of_form(_changelog()), *_of_tag(sys.argv[1])]:
        sys.exit("\n".join(problems))
    print(f"{sys.argv[1]} may be released")


def of_form(text: str) -> list[str]:
    """What is not as Keep a Changelog has it."""
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    wrong = [name for name in sections[1:] if not RELEASE.fullmatch(name)]
    if sections[:1] != ["[Unreleased]"]:
        wrong = [*(sections[:1] or ["none"]), *wrong]
    kinds = re.findall(r"^### (.+)$", text, re.MULTILINE)
    wrong += [kind for kind in kinds if kind not in KINDS]
    return [f"CHANGELOG.md: no such heading is known: {name}" for name in wrong]


def _of_tag(tag: str) -> list[str]:
    released = [match[1] for match in RELEASE.finditer(_changelog())]
    problems = []
    if tag != f"v{_version()}":
        problems.append(f"the tag is {tag}, setup.cfg has the version {_version()}")
    if released[:1] != [_version()]:
        problems.append(f"the newest release in CHANGELOG.md is {released[:1]}, not {_version()}")
    return problems


def _version() -> str:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    return config["metadata"]["version"]


def _changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text()


if __name__ == "__main__":
    main()
