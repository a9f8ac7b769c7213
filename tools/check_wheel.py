"""Check that the wheel in a directory is complete, installs and imports in a clean environment.

python tools/check_wheel.py dist
"""

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "udata_mediadb"
PROBE = """
import udata_mediadb.mounting.app
from udata_mediadb.demo.pictures import QUERY, samples
from udata_mediadb.recognition.similarity import shipped_encoder
assert callable(udata_mediadb.init_app)
shipped_encoder().check()  # reads every file of its model and compares the checksums
assert QUERY.is_file() and samples() and all(sample.path.is_file() for sample in samples())
print("imported from", udata_mediadb.__file__)
"""


def main() -> None:
    """Exit with a message that names what is missing."""
    (wheel,) = Path(sys.argv[1]).glob("*.whl")
    missing = _source_files() - set(zipfile.ZipFile(wheel).namelist())
    if missing:
        sys.exit(f"{wheel.name} lacks {', '.join(sorted(missing))}")
    with tempfile.TemporaryDirectory() as directory:
        venv.create(directory, with_pip=True)
        python = Path(directory) / "bin" / "python"
        pip = (python, "-m", "pip", "--disable-pip-version-check", "--quiet")
        subprocess.run([*pip, "install", f"{wheel}[demo]"], check=True)
        # -I: the checkout that we stand in must not be what is imported
        subprocess.run([python, "-I", "-c", PROBE], check=True, cwd=directory)
        command = Path(directory) / "bin" / "udata-mediadb"
        subprocess.run([command, "demo", "--help"], check=True, stdout=subprocess.DEVNULL)
    print(f"{wheel.name} is complete, installs and imports")


def _source_files() -> set[str]:
    """All files of the package, as a wheel names them."""
    return {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


if __name__ == "__main__":
    main()
