"""The how-to "Bring in a folder of 10,000 photographs", line by line, with four of them."""

import csv
import sys
from pathlib import Path

import pytest

from ..fixtures import Tenant, new_tenant
from ..images import jpeg
from ..portal import Portal
from .pages import blocks
from .terminal import Terminal

PAGE = "how-to/bring-in-a-folder.md"


@pytest.mark.slow
def test_a_folder_comes_in_once_from_here_and_from_elsewhere(
    portal: Portal, tmp_path: Path
) -> None:
    tenant = new_tenant(portal)
    for number, folder in enumerate(("rivers", "rivers/large", "hills", "hills")):
        path = tmp_path / "photographs" / folder / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(70 + number))
    environment = {
        **portal.environment,
        "PATH": f"{Path(sys.executable).parent}:{portal.environment['PATH']}",
        "FLASK_APP": "tests.portal",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MEDIADB_URL": portal.url,
        "MEDIADB_KEY": tenant.client.key or "",
        "MEDIADB_APPLICATION": tenant.application,
    }
    here, elsewhere = (one.text.splitlines() for one in blocks(PAGE))
    with Terminal(tmp_path, environment) as terminal:
        assert len(here) == len(elsewhere) == 2
        dry = terminal.run(here[0].replace("Pictures", tenant.application))
        assert listed(tenant) == []
        terminal.run(here[1].replace("Pictures", tenant.application))
        with (tmp_path / "report.csv").open() as report:
            assert len(list(csv.DictReader(report))) == 4
        assert "4 would skip" in terminal.run(elsewhere[0])
        assert "4 there" in terminal.run(elsewhere[1])

    assert "4" in dry
    assert sorted(listed(tenant)) == [["hills"], ["hills"], ["rivers"], ["rivers", "large"]]


def listed(tenant: Tenant) -> list[list[str]]:
    return [one["keywords"] for one in tenant.client.get("media/").json()["data"]]
