"""The how-to "Clean up duplicates", block by block, on a running portal."""

import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import encoded, jpeg, photo
from ..waiting import eventually
from .pages import blocks

pytestmark = [
    plain_only,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed"),
]


def test_every_block_does_what_the_page_says(tenant: Tenant, tmp_path: Path) -> None:
    client, application = tenant.client, tenant.application
    client.add(application, jpeg(1))
    client.add(application, encoded(cv2.resize(photo(1), (480, 360))), keywords='["river"]')
    client.add(application, jpeg(2))
    client.add(application, encoded(photo(2)[60:420, 80:520].copy()))
    scan, counts, read, merge, undo, link, dismiss, all_at_once = blocks(
        "how-to/clean-up-duplicates.md"
    )
    said = ""

    def run(text: str) -> str:
        nonlocal said
        said += text
        script = (
            f"set -e\nexport PATH={Path(sys.executable).parent}:$PATH\n"
            f"export MEDIADB_URL={client.api.split('/api/')[0]} MEDIADB_KEY={client.key}\n"
            f"export MEDIADB_APPLICATION={application}\n"
            f"API={client.api.removesuffix('mediadb/')}\nKEY='X-API-KEY: {client.key}'\n"
        )
        script += f"APPLICATION={application}\n{said}"
        command = ["bash", "-c", f"{script.removesuffix(text)}\necho '--'\n{text}"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        said = said.removesuffix(text) + "".join(
            line + "\n" for line in text.splitlines() if "=$(" in line
        )
        return done.stdout.rpartition("--\n")[2].strip()

    assert '"total":4' in run(scan.text)
    eventually(
        lambda: client.get("duplicates/", params={"application": application}).json()["scanned_at"]
    )
    assert run(counts.text) == '{"same_bytes":0,"same":1,"part":1,"alike":0}'
    assert '"keywords":["river"]' in run(read.text)
    assert run(merge.text) == "merged"
    assert run(undo.text) == "open"
    assert set(run(link.text).split()) == {'"crop_of"', '"has_crop"'}
    assert run(dismiss.text) == "dismissed"
    for data in (jpeg(3), encoded(cv2.resize(photo(3), (480, 360)))):
        client.add(application, data)
    dry, merged = run(all_at_once.text).rsplit("\n", 1)
    assert merged == "merged"
    assert "-> merge" in dry
