"""How to keep a picture library: the steps of the page, with ten pictures from a camera."""

import os
import shutil
import struct
import sys
from pathlib import Path

import pytest

from ..fixtures import new_tenant
from ..hosts import plain_only
from ..images import jpeg, jpeg_with_segments
from ..portal import Portal
from .pages import blocks
from .terminal import Terminal

pytestmark = [pytest.mark.slow, plain_only]  # udata has a list of licences of its own
PAGE = "how-to/keep-a-picture-library.md"
PICTURES = 10


PATH = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def from_a_camera(number: int) -> bytes:
    """With title, creator and keyword in IPTC-IIM, as agencies' software writes it."""
    said = ((5, f"Bridge {number}"), (80, "Ada Example"), (25, "bridge"), (110, "City archive"))
    sets = b"".join(
        struct.pack(">BBBH", 0x1C, 2, kind, len(text)) + text.encode() for kind, text in said
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(sets)) + sets + b"\0" * (len(sets) % 2)
    return jpeg_with_segments(jpeg(number), (0xED, b"Photoshop 3.0\0" + resource))


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_a_manager_walks_through_the_page(portal: Portal, tmp_path: Path) -> None:
    tenant = new_tenant(portal, public=True)
    (tmp_path / "camera").mkdir()
    for number in range(PICTURES):
        (tmp_path / "camera" / f"{number}.jpg").write_bytes(from_a_camera(number))
    where = {
        "API": portal.api.removesuffix("mediadb/"),
        "KEY": f"X-API-KEY:{tenant.client.key}",
        "APPLICATION": tenant.application,
    }
    outputs: list[str] = []
    with Terminal(tmp_path, {**os.environ, **where, **PATH}) as terminal:
        for block in blocks(PAGE)[1:]:
            outputs += [terminal.run(line) for line in block.text.splitlines()]

    shown = "".join(outputs)
    assert shown.count('"title": null') == PICTURES
    assert f"{200},\n  " * 2 in shown
    assert '"title": "Bridge 0"' in shown
    assert "“Bridge 0” by City archive, Creative Commons Attribution 4.0" in shown
    assert '"published_from": "2099' in shown or '"2099-01-01T00:00:00+00:00"' in shown
    assert "\n404\n" in shown
    assert shown.count('"outcome":"updated"') == PICTURES
    assert shown.count(f'"updated": {PICTURES}') == 2
    assert f"\n{PICTURES - 1}\n" in shown
    assert 'width="640"' in shown
    assert "<cite>The old bridge</cite> by City archive, <a rel=" in shown
    listed = tenant.client.get("media/", params={"sort": "name"}).json()["data"]
    titles = [one["title"] for one in listed]
    assert titles == [f"Bridge {n}" if n != 3 else "The old bridge" for n in range(PICTURES)]
    assert all(one["keywords"] == ["bridge"] for one in listed)


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_an_import_that_fails_ends_the_waiting_and_says_why(portal: Portal, tmp_path: Path) -> None:
    tenant = new_tenant(portal)
    (tmp_path / "library.csv").write_text("name,name\nBridge,Bridge\n")
    where = {
        "API": portal.api.removesuffix("mediadb/"),
        "KEY": f"X-API-KEY:{tenant.client.key}",
        "APPLICATION": tenant.application,
    }
    (begin, wait, tell, *_), *_ = [
        block.text.splitlines() for block in blocks(PAGE) if "export JOB=" in block.text
    ]
    with Terminal(tmp_path, {**os.environ, **where, **PATH}) as terminal:
        terminal.run(begin)
        terminal.run(wait)
        told = terminal.run(f"{tell} || true")
        terminal.run(f"JOB={'0' * 32}; {wait}")  # one that there is not

    assert "failed: " in told
    assert "more than once" in told
