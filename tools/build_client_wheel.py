"""Build the wheel `mediadb-client`: the client and its command line, without the library.

    python tools/build_client_wheel.py DIR

It holds `udata_mediadb.client` and what it shares, as parts of a namespace, and needs httpx; the
command `mediadb` needs click as well (`mediadb-client[cli]`). udata-mediadb has both in it.
"""

import configparser
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLIENT = ROOT / "udata_mediadb" / "client"
SOURCES = ROOT / "udata_mediadb" / "sources"  # what the client and the portal read alike
PROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "mediadb-client"
version = "{version}"
description = "Client and command line of the media library udata-mediadb"
readme = "README.md"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
dependencies = ["{httpx}"]
optional-dependencies = {{ cli = ["{click}"] }}
scripts = {{ mediadb = "udata_mediadb.client.command.entry:main" }}

[tool.setuptools.packages.find]
include = ["udata_mediadb.client*", "udata_mediadb.sources*"]
namespaces = true

[tool.setuptools.package-data]
"*" = ["py.typed"]
"""


def project() -> str:
    """Its pyproject.toml, with version and pins of setup.cfg."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    needed = setup["options"]["install_requires"].split("\n")
    pins = [*needed, *setup["options.extras_require"]["client"].split("\n")]
    named = {pin.split(">")[0].strip(): pin.strip() for pin in pins}
    return PROJECT.format(
        version=setup["metadata"]["version"], httpx=named["httpx"], click=named["click"]
    )


def build(folder: Path) -> Path:
    """The wheel, in this folder."""
    with tempfile.TemporaryDirectory() as name:
        tree = Path(name)
        (tree / "pyproject.toml").write_text(project())
        for path, source in (
            ("LICENSE", ROOT / "LICENSE"),
            ("README.md", ROOT / "docs" / "how-to" / "use-the-python-client.md"),
        ):
            shutil.copy(source, tree / path)
        ignore = shutil.ignore_patterns("__pycache__")
        for room in (CLIENT, SOURCES):
            shutil.copytree(room, tree / "udata_mediadb" / room.name, ignore=ignore)
            (tree / "udata_mediadb" / room.name / "py.typed").touch()
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--wheel-dir", str(folder), str(tree)], check=True)
    return next(folder.glob("mediadb_client-*.whl"))


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
