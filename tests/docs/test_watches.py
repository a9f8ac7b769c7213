"""The how-to "Be told when a picture appears", block by block, on a running portal."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ..fixtures import Tenant
from ..hosts import plain_only
from ..images import jpeg
from ..waiting import eventually
from ..watches.receiver import receiving
from .pages import blocks

pytestmark = [
    plain_only,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed"),
]


def test_every_block_does_what_the_page_says(tenant: Tenant, tmp_path: Path) -> None:
    client, application = tenant.client, tenant.application
    media = client.add(application, jpeg(1))["id"]
    page = blocks("how-to/be-told-when-a-picture-appears.md")
    make, told, feed, use = [one.text for one in page if one.language == "sh"]

    with receiving() as receiver:
        given = {
            "API": client.api.removesuffix("mediadb/"),
            "KEY": f"X-API-KEY: {client.key}",
            "APPLICATION": application,
            "MEDIA": media,
            "RECEIVER": receiver.url,
        }

        def run(text: str) -> str:
            command = ["bash", "-ec", text]
            done = subprocess.run(
                command,
                cwd=tmp_path,
                env={"PATH": "/usr/bin:/bin", **given},
                check=True,
                capture_output=True,
                text=True,
            )
            return done.stdout.strip()

        assert run(make).startswith("whsec_")
        again = client.add(application, jpeg(1))["id"]
        eventually(lambda: client.get("status/") and receiver.got)
        eventually(lambda: '"delivered"' in run(told))
        assert again in run(told)
        assert run(feed) == "1"
        assert run(use) == "use"
