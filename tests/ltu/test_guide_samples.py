"""Runs every sample of LTU's guide against a live portal: Python with requests, curl in a shell.

What is no valid Python, JSON or shell is repaired line by line (`guide.REPAIRS`, with reasons);
hosts, ids, keys, tokens and files are replaced. Each sample must do what its section says.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from udata_mediadb.media.models import Media

from ..images import jpeg
from ..portal import Portal
from .client import LOGIN
from .conftest import COPY, PASSWORD, LTUTenant, add_copies, new_ltu_tenant
from .guide import PREAMBLES, REPAIRS, Sample, find_guide, samples
from .guide_expected import EXPECTED, MANY, Setting
from .pictures import SEED, serving_pictures

pytestmark = pytest.mark.skipif(
    find_guide() is None,
    reason="LTU's guide is not here (shared/seeds beside the checkout, or MEDIADB_GUIDE)",
)
SAMPLES = samples()
PYTHON_COUNT, CURL_COUNT = 20, 21  # in the guide
PAGED = (516, 518, 752)  # samples that ask for a further page
QUERIES = (228, 232, 1220, 1222, 1268, 1270)  # samples that search, with the public key

_HOST = re.compile(r"https?://(?:iam\.dev|(?:demo\.)?api\.mediadb)\.ltutech\.com")
_ID = r"(?:[0-9a-f]{32}|\{[\w ]+\})"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def picture_url() -> Iterator[str]:
    with serving_pictures() as url:
        yield url


@pytest.fixture(scope="module")
def guide_tenant(portal: Portal) -> LTUTenant:
    return new_ltu_tenant(portal)


@pytest.fixture
def setting(guide_tenant: LTUTenant, picture_url: str, tmp_path: Path) -> Setting:
    ltu = guide_tenant.ltu
    Media.objects(application=guide_tenant.application, filename=COPY).delete()
    for item in ltu.request("GET", "/media").json()["results"]:
        ltu.request("DELETE", f"/media/{item['id']}", json={"force": True})
    for kind in ("collection", "smart_collection"):
        for item in ltu.request("GET", f"/{kind}").json():
            ltu.request("DELETE", f"/{kind}/{item['id']}")
    picture = tmp_path / "picture.jpg"
    picture.write_bytes(jpeg(SEED))
    described = {
        "keywords": ["painting", "notre-dame"],
        "metadata": {"painter": "Leonardo Da Vinci"},
    }
    media = ltu.add_picture(picture.read_bytes(), **described)
    held = ltu.request("POST", "/collection", json={"name": "held"}).json()["id"]
    ltu.request("PATCH", f"/collection/{held}/medias", json={"medias": [media]})
    query = {"name": "smart", "query": {"keywords": ["painting"]}}
    smart = ltu.request("POST", "/smart_collection", json=query).json()["id"]
    form = {"username": guide_tenant.user.email, "password": PASSWORD, "client_id": "ltu-api"}
    tokens = requests.post(ltu.base + LOGIN, data={**form, "grant_type": "password"}, timeout=300)
    refresh = tokens.json()["refresh_token"]
    return Setting(guide_tenant, media, held, smart, refresh, picture, picture_url)


def test_the_guide_has_the_samples_that_are_expected() -> None:
    languages = [sample.language for sample in SAMPLES]
    lines = {n for sample in SAMPLES for n in range(sample.first, sample.last + 1)}

    assert languages.count("python") == PYTHON_COUNT
    assert languages.count("curl") == CURL_COUNT
    assert set(REPAIRS) <= lines
    assert {sample.first for sample in SAMPLES} == set(EXPECTED)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_sample_does_what_its_section_says(sample: Sample, setting: Setting) -> None:
    text = filled(sample, setting)
    if sample.first in PAGED:
        add_copies(setting.media, MANY - 1)

    output = run_python(text, sample, setting) if sample.language == "python" else run_curl(
        text, setting
    )  # fmt: skip

    EXPECTED[sample.first](setting, output)


@pytest.mark.parametrize("first", [698, 788])
def test_the_json_that_lacks_its_end_is_refused_as_it_stands(first: int, setting: Setting) -> None:
    (sample,) = [sample for sample in SAMPLES if sample.first == first]

    output = run_curl(filled(sample, setting).replace("]}'", "]'"), setting)

    assert output["status"] == 400
    assert "line 1" in output["detail"]


def filled(sample: Sample, setting: Setting) -> str:
    """The sample with our host, ids, keys, tokens and files."""
    ltu = setting.tenant.ltu
    text = _HOST.sub(ltu.base, sample.text)
    text = re.sub(r"http://data\.[^\s\"']*\.jpg", setting.picture_url, text)
    text = re.sub(r"(?<=[\"'])/[\w/-]+\.jpg(?=[\"'])", str(setting.picture), text)
    text = re.sub(
        r"(/smart_collection/)(?:[0-9a-f]{32}|\{[\w ]+\})", rf"\g<1>{setting.smart}", text
    )
    text = re.sub(r"(/collection/)(?:[0-9a-f]{32}|\{[\w ]+\})", rf"\g<1>{setting.collection}", text)
    text = _UUID.sub(setting.media, text)
    text = text.replace("owner=LTU", f"owner={quote(setting.tenant.user.name)}")
    text = text.replace("'owner': 'LTU'", f"'owner': '{setting.tenant.user.name}'")
    api_key = str(ltu.public_key if sample.first in QUERIES else ltu.private_key)
    text = re.sub(r"('api-key': ')[0-9a-f]{32}'", rf"\g<1>{api_key}'", text)
    if sample.language == "curl":
        text = re.sub(r"\$(API|PRIVATE|PUBLIC)[-_]KEY", api_key, text)
        text = re.sub(r"Bearer eyJ[\w.]+", f"Bearer {ltu.token}", text)
        return text.replace("$TOKEN", str(ltu.token))
    values = {
        "username": setting.tenant.user.email,
        "password": PASSWORD,
        "refresh": setting.refresh_token,
        "token": str(ltu.token),
        "key": api_key,
    }
    return _placeholders(text, values)


def _placeholders(text: str, values: dict[str, str]) -> str:
    """`<your token>`, `{your public api-key}` and the like; quoted where they stand bare."""

    def value(match: re.Match[str]) -> str:
        words = match[0].lower()
        found = next(values[name] for name in values if name in words)
        start = match.string.rfind("\n", 0, match.start()) + 1
        inside = match.string.count("'", start, match.start()) % 2
        return found if inside else repr(found)

    return re.sub(r"<[\w -]+>|\{your [\w -]+\}", value, text)


def run_python(text: str, sample: Sample, setting: Setting) -> Any:
    """The JSON of what the sample ends with: a response, its JSON, or both."""
    script = f"""
BASE, PICTURE = {setting.tenant.ltu.base!r}, {str(setting.picture)!r}
{PREAMBLES.get(sample.first, "")}
{text}
import json
last = globals().get("result", globals().get("response"))
print(json.dumps(last if isinstance(last, (dict, list)) else last.json()))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr + script
    return json.loads(done.stdout)


def run_curl(text: str, setting: Setting) -> Any:
    """The JSON that curl prints."""
    environment = {
        "PATH": os.environ["PATH"],
        "USERNAME": setting.tenant.user.email,
        "PASSWORD": PASSWORD,
        "REFRESH_TOKEN": setting.refresh_token,
    }
    done = subprocess.run(
        ["bash", "-c", text.replace("curl ", "curl -sS ", 1)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr + text
    return json.loads(done.stdout)
