"""Bring in a folder of 10,000 photographs: the lines of the page, on a small folder."""

import csv
import sys
from pathlib import Path

import pytest

from ..fixtures import new_tenant
from ..images import jpeg
from ..portal import Portal
from .pages import blocks
from .terminal import Terminal

PAGE = "how-to/bring-in-a-folder.md"
COUNT = 4


@pytest.mark.slow
def test_the_lines_of_the_page_bring_a_folder_in_once(own_portal: Portal, tmp_path: Path) -> None:
    tenant = new_tenant(own_portal)
    for n in range(COUNT):
        path = tmp_path / "photographs" / ("harbour", "market")[n % 2] / f"{n}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(n, 320, 240))
    here, elsewhere = (block.text.splitlines() for block in blocks(PAGE))

    with Terminal(tmp_path, _environment(own_portal, tenant.client.key)) as terminal:
        printed = [terminal.run(here[0])]
        before = tenant.client.get("media/").json()["total"]
        printed += [terminal.run(line) for line in here[1:]]
        report = _rows(tmp_path / "report.csv")
        printed += [terminal.run(line) for line in elsewhere]
    page = tenant.client.get("media/", params={"keyword": "harbour"}).json()

    assert before == 0, printed[0]
    assert [row["outcome"] for row in report] == ["added"] * COUNT
    assert page["total"] == COUNT // 2
    assert tenant.client.get("media/").json()["total"] == COUNT
    assert [row["outcome"] for row in _rows(tmp_path / "report.csv")] == ["skipped"] * COUNT


def _environment(portal: Portal, key: str | None) -> dict[str, str]:
    return {
        **portal.environment,
        "PATH": f"{Path(sys.executable).parent}:{portal.environment['PATH']}",
        "FLASK_APP": "tests.portal",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MEDIADB_URL": portal.url,
        "MEDIADB_KEY": key or "",
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))
