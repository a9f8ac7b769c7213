"""docs/reference/api-examples.md: every route has its example, and all of them run."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from udata_mediadb.web.namespace import ns

from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal
from .pages import blocks

PAGE = "reference/api-examples.md"
CURL = re.compile(r"curl .*?\$API'([^']*)'(\S*)(.*)")
# Have pages of their own, with examples, or need what a portal of one user has not.
ELSEWHERE = (
    *("/oembed/", "jsonld", ".atom"),  # reference/harvesting
    "/duplicates/<string:group>/",  # what a scan finds, which takes its time
    "/watches/<string:watch>/feed/",  # with a link of its own
    "/exams/<string:exam>/report/",  # of one that has ended, which takes its time
    "/imports/",
    "/uploads/",
)


def examples() -> list[str]:
    text = "".join(block.text for block in blocks(PAGE) if block.language == "sh")
    return [line for line in text.splitlines() if "curl" in line]


def asked(line: str) -> str:
    """`GET media/<>/` of an example."""
    found = CURL.search(line)
    assert found, line
    path, query, _ = found[1].partition("?")
    path += "" if query else found[2].partition("?")[0]
    path = re.sub(r"\$[A-Z]+|\b[0-9a-f-]{36}\b", "<>", path).removeprefix("mediadb/")
    path = "/".join("<>" if part in ("original", "media") and i == 3 else part
                    for i, part in enumerate(path.split("/")))  # fmt: skip
    verb = re.search(r"-X (\w+)", line)
    sends = any(option in line for option in (" --json ", " -F "))
    return f"{verb[1] if verb else 'POST' if sends else 'GET'} {path}"


def test_every_route_has_an_example() -> None:
    there = {
        f"{verb} {re.sub(r'<[^>]*>', '<>', url.lstrip('/'))}"
        for resource, urls, *_ in ns.resources
        for url in urls
        for verb in resource.methods
        if not any(one in url for one in ELSEWHERE)
    }
    without = there - {asked(line) for line in examples()} - {"PATCH jobs/<>/"}
    assert not without, f"routes without an example in {PAGE}: {sorted(without)}"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("jq") or not shutil.which("curl"), reason="needs curl and jq")
def test_the_examples_run_from_the_top_to_the_end(
    portal: Portal, tenant: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "bridge.jpg").write_bytes(jpeg(3))
    (tmp_path / "part.jpg").write_bytes(encoded(photo(3)[60:420, 100:560]))
    portal.set_signatures(tenant.application, ["match", "similarity", "colors"])
    script = "".join(block.text for block in blocks(PAGE) if block.language == "sh")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-xc", script],
        cwd=tmp_path,
        env={
            "PATH": "/usr/bin:/bin",
            "API": f"{portal.url}/api/1/",
            "KEY": f"X-API-KEY:{tenant.client.key}",
            "APPLICATION": tenant.application,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1500:]
    told = done.stdout.splitlines()
    assert '"invalid-fields"' not in done.stdout
    assert "304" in told
    assert '  "keywrod": "unknown argument; did you mean \\"keyword\\"?"' in told
    assert told[-3:] == ['"unauthenticated"', '"not-found"', '"unsupported-image"']
