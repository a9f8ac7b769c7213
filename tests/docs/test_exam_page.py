"""Is the search good enough for us? The lines of the page, on a small library."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from ..fixtures import new_tenant
from ..images import jpeg
from ..portal import Portal
from .pages import blocks
from .terminal import Terminal

PAGE = "how-to/is-the-search-good-enough.md"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("jq"), reason="needs jq")
def test_the_lines_of_the_page_say_how_good_it_is(own_portal: Portal, tmp_path: Path) -> None:
    tenant = new_tenant(own_portal)
    for seed in (61, 62):
        tenant.client.add(tenant.application, jpeg(seed))
    environment = {
        **own_portal.environment,
        "PATH": f"{Path(sys.executable).parent}:{own_portal.environment['PATH']}",
        "FLASK_APP": "tests.portal",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "APPLICATION": tenant.application,
        "MEDIADB_URL": own_portal.url,
        "MEDIADB_KEY": tenant.client.key or "",
    }
    with Terminal(tmp_path, environment) as terminal:
        lines = [line for block in blocks(PAGE) for line in block.text.splitlines()]
        printed = [terminal.run(line) for line in lines]
    advice = json.loads(printed[2])

    assert "40 searches" in printed[0]
    assert (tmp_path / "exam.html").read_text().startswith("<!doctype html>")
    assert advice["wanted_rate"] == 0.01
    assert "Since" in printed[3]
    assert "40 searches" in printed[4]
    assert "With pictures: exam.html" in printed[4]
