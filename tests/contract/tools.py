"""Programs that read OpenAPI documents, in an environment of their own: their pins are not ours."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGES = (
    "openapi-python-client>=0.26,<1",
    "openapi-spec-validator>=0.7,<1",
)


@dataclass(frozen=True)
class Tools:
    """Their environment."""

    home: Path

    def run(self, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        program = str(self.home / "bin" / command[0])
        return subprocess.run(
            [program, *command[1:]], cwd=cwd, capture_output=True, text=True, check=False
        )


def installed(home: Path) -> Tools:
    """The tools, installed where they are not yet."""
    tools = Tools(home)
    if not (home / "bin" / "openapi-python-client").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *PACKAGES], check=True, timeout=600)
    return tools


def written(document: Any, path: Path) -> str:
    path.write_text(json.dumps(document))
    return str(path)
