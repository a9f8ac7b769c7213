"""How to upgrade: the commands of the page, while the portal serves what an earlier one stored."""

import re
import sys
from pathlib import Path

import pytest

from udata_mediadb.media.models import Media
from udata_mediadb.mongo.documents import durable

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal
from .pages import REPOSITORY, blocks
from .terminal import Terminal

pytestmark = pytest.mark.slow
PAGE = "how-to/upgrade.md"


def test_the_commands_of_the_page_bring_all_up_to_date(
    own_portal: Portal, own_tenant: Tenant, tmp_path: Path
) -> None:
    portal, tenant = own_portal, own_tenant  # of others' tests some leave something to mend
    media = tenant.client.add(tenant.application, jpeg(1), metadata='{"year": 1871}')["id"]
    with portal.app.app_context():
        durable(Media).update_one({"_id": media}, {"$set": {"terms": [], "words": []}})
    environment = {
        **portal.environment,
        "FLASK_APP": "tests.portal",
        "PATH": f"{Path(sys.executable).parent}:{portal.environment['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
    }
    lines = [line for block in blocks(PAGE) for line in block.text.splitlines()]
    commands = [line for line in lines if not line.startswith("pip ")]
    assert len(lines) - 1 == len(commands) == 4

    with Terminal(tmp_path, environment) as terminal:
        said = [terminal.run(line) for line in commands]

    assert "to be done" in said[0]
    assert re.search("0002-facts: [1-9][0-9]* changed", said[1]), said[1]
    assert said[3].strip().endswith("0 problems"), said[3]
    query = {"query": {"range": {"year": {"gte": 1870, "lt": 1880}}}}
    assert tenant.client.post("search/", json=query).json()["total"] == 1
