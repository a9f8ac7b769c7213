"""Copy what the pages ship of others, with its licences: python tools/vendor.py [--check]

Versions and digests are those of tools/vendored/package-lock.json; npm compares them. `--check`
changes nothing and fails where what is in the tree differs. Users of the package need no node.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WANTED = Path(__file__).with_name("vendored")
KEPT = Path(__file__).parents[1] / "udata_mediadb" / "dialects" / "pages" / "static" / "vendor"


@dataclass(frozen=True)
class Library:
    """A file of an npm package; `licence`: its SPDX name."""

    package: str
    source: str
    target: str
    licence: str


LIBRARIES = (Library("htmx.org", "dist/htmx.min.js", "htmx.min.js", "0BSD"),)


def main() -> None:
    """Exit with a message where npm fails, a licence changed, or a check finds a difference."""
    with tempfile.TemporaryDirectory() as directory:
        files = _files(Path(directory))
    if sys.argv[1:] == ["--check"]:
        held = {path.name: path.read_bytes() for path in KEPT.iterdir()}
        if held != files:
            differ = sorted(k for k in held.keys() | files.keys() if held.get(k) != files.get(k))
            sys.exit(f"not as the lock file has it: {', '.join(differ)}; python tools/vendor.py")
        return
    KEPT.mkdir(exist_ok=True)
    for path in KEPT.iterdir():
        path.unlink()
    for name, content in files.items():
        (KEPT / name).write_bytes(content)


def _files(directory: Path) -> dict[str, bytes]:
    """What belongs into the package, by name."""
    for name in ("package.json", "package-lock.json"):
        (directory / name).write_bytes((WANTED / name).read_bytes())
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    subprocess.run(command, cwd=directory, check=True)
    files, listed = {}, []
    for one in LIBRARIES:
        package = directory / "node_modules" / one.package
        about = json.loads((package / "package.json").read_text(encoding="utf-8"))
        if about["license"] != one.licence:
            sys.exit(f"{one.package} is under {about['license']} now, not {one.licence}")
        licence_file = f"LICENCE-{one.package}.txt"
        files[one.target] = (package / one.source).read_bytes()
        files[licence_file] = (package / "LICENSE").read_bytes()
        listed.append(
            {
                "name": one.package,
                "version": about["version"],
                "licence": one.licence,
                "licence_file": licence_file,
            }
        )
    files["vendored.json"] = (json.dumps(listed, indent=2) + "\n").encode()
    return files


if __name__ == "__main__":
    main()
