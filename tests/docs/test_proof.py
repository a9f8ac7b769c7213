"""How to prove that a picture is ours: the lines of the page, in a shell."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from .pages import blocks
from .terminal import Terminal

PAGE = "how-to/prove-that-a-picture-is-ours.md"


@pytest.mark.skipif(not (shutil.which("jq") and shutil.which("curl")), reason="needs jq and curl")
def test_the_lines_of_the_page_prove_it(tenant: Tenant, tmp_path: Path) -> None:
    for seed in (40, 41, 42):
        tenant.client.add(tenant.application, jpeg(seed), name=f"ours {seed}")
    (tmp_path / "found.jpg").write_bytes(encoded(photo(41)[60:420, 90:600, :][:, ::-1]))
    environment = {
        "PATH": "/usr/bin:/bin",
        "API": tenant.client.api.removesuffix("mediadb/"),
        "KEY": f"X-API-KEY: {tenant.client.key}",
        "APPLICATION": tenant.application,
    }
    with Terminal(tmp_path, environment) as terminal:
        lines = [line for block in blocks(PAGE) for line in block.text.splitlines()]
        printed = [terminal.run(line) for line in lines]
    proof = json.loads((tmp_path / "proof.json").read_text())
    later = json.loads(printed[-1])

    assert json.loads(printed[1])[:2] == ["ours 41", "match"]
    sha256 = hashlib.sha256((tmp_path / "found.jpg").read_bytes()).hexdigest()
    assert json.loads(printed[3])["sha256"] == sha256
    assert (proof["decision"], proof["mirrored"]) == ("match", True)
    assert proof["agreement"] > 0.6
    assert "mirrored" in printed[lines.index("grep -i '^x-alt-text' side.txt")]
    assert later["decision"] == "match"
    assert np.allclose(later["homography"], proof["homography"], atol=0.01)
    for view in ("side", "over", "difference", "points"):
        with Image.open(tmp_path / f"{view}.png") as drawn:
            assert drawn.format == "PNG"
    assert len((tmp_path / "checksums.txt").read_text().splitlines()) == 7
