"""Runs every sample of LTU's guide against a live portal: Python with requests, curl in a shell.

What is no valid Python, JSON or shell is repaired line by line (`guide.REPAIRS`, with reasons);
hosts, ids, keys, tokens and files are replaced. Each sample must do what its section says.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from .pictures import SEED, serving_pictures

pytestmark = pytest.mark.skipif(
    find_guide() is None,
    reason="LTU's guide is not here (shared/seeds beside the checkout, or MEDIADB_GUIDE)",
)
SAMPLES = samples()
PYTHON_COUNT, CURL_COUNT = 20, 21  # in the guide
PAGED, MANY = (516, 518, 752), 310  # samples that ask for a further page, of so many media
QUERIES = (228, 232, 1220, 1222, 1268, 1270)  # samples that search, with the public key

_HOST = re.compile(r"https?://(?:iam\.dev|(?:demo\.)?api\.mediadb)\.ltutech\.com")
_ID = r"(?:[0-9a-f]{32}|\{[\w ]+\})"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass
class Setting:
    """What the samples find: an application with a picture in a collection and a smart one."""

    tenant: LTUTenant
    media: str
    collection: str
    smart: str
    refresh_token: str
    picture: Path
    picture_url: str


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
    tokens = requests.post(ltu.base + LOGIN, data={**form, "grant_type": "password"}, timeout=30)
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
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False
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
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr + text
    return json.loads(done.stdout)


def _gives_tokens(setting: Setting, output: Any) -> None:
    assert output["token_type"] == "bearer"
    sent = {"authorization": f"Bearer {output['access_token']}"}
    assert setting.tenant.ltu.request("GET", "/media", headers=sent).status_code == 200


def _lists_applications(setting: Setting, output: Any) -> None:
    assert output["count"] == 1
    assert output["results"][0]["id"] == setting.tenant.application
    assert output["results"][0]["private_key"] == setting.tenant.ltu.private_key


def _adds(**described: Any) -> Callable[[Setting, Any], None]:
    def check(setting: Setting, output: Any) -> None:
        media = setting.tenant.ltu.request("GET", f"/media/{output['id']}").json()
        assert media["id"] not in ("", setting.media)
        assert {key: media[key] for key in described} == described

    return check


def _finds_by_picture(setting: Setting, output: Any) -> None:
    (hit,) = output
    assert hit["id"] == setting.media
    assert hit["details"]["72004001"]["info"]["decision"] == "Clone"


def _finds_by_keywords(setting: Setting, output: Any) -> None:
    (item,) = output
    assert item["id"] == setting.media
    assert "details" not in item


def _is_page(page: int, count: int = 1, size: int = 100) -> Callable[[Setting, Any], None]:
    def check(setting: Setting, output: Any) -> None:
        assert output["count"] == count
        assert len(output["results"]) == min(size, count - (page - 1) * size)
        assert (output["next"] is None) == (page * size >= count)
        assert (output["previous"] is None) == (page == 1)

    return check


def _purges(setting: Setting, output: Any) -> None:
    assert output == {"id": setting.media}
    restored = setting.tenant.ltu.request("POST", f"/media/{setting.media}/restore")
    assert restored.status_code == 404


def _creates(kind: str, name: str) -> Callable[[Setting, Any], None]:
    def check(setting: Setting, output: Any) -> None:
        assert output["name"] == name
        listed = setting.tenant.ltu.request("GET", f"/{kind}").json()
        assert output in listed

    return check


def _lists(kind: str, name: str) -> Callable[[Setting, Any], None]:
    def check(setting: Setting, output: Any) -> None:
        assert [item["name"] for item in output] == [name]
        assert output[0]["id"] == (setting.smart if kind == "smart" else setting.collection)

    return check


def _adds_to_the_collection(setting: Setting, output: Any) -> None:
    assert output["id"] == setting.collection
    assert output["already"] == [setting.media]


def _leaves_the_collection(setting: Setting, output: Any) -> None:
    assert output["removed"] == [setting.media]
    path = f"/collection/{setting.collection}/medias"
    assert setting.tenant.ltu.request("GET", path).json()["count"] == 0
    assert setting.tenant.ltu.request("GET", f"/media/{setting.media}").status_code == 200


def _removes(kind: str) -> Callable[[Setting, Any], None]:
    def check(setting: Setting, output: Any) -> None:
        identifier = setting.smart if kind == "smart_collection" else setting.collection
        assert output == {"id": identifier}
        answer = setting.tenant.ltu.request("GET", f"/{kind}/{identifier}")
        assert answer.status_code == 404

    return check


PAINTER = {"painter": "Leonardo Da Vinci"}
EXPECTED: dict[int, Callable[[Setting, Any], None]] = {
    155: _gives_tokens,
    157: _gives_tokens,
    196: _gives_tokens,
    198: _gives_tokens,
    228: _finds_by_picture,
    232: _finds_by_picture,
    244: _adds(keywords=["paiting"], metadata={"painter": "Leonardo Da vinci"}),
    281: _adds(keywords=["painting"], metadata={"painter": "Leonardo Da vinci"}),
    285: _adds(keywords=["stone"], name="Mona-Lisa", metadata=PAINTER),
    386: _lists_applications,
    388: _lists_applications,
    440: _adds(name="peinture"),
    442: _adds(keywords=["stone"], metadata={"name": "pierre"}),
    516: _is_page(2, MANY),
    518: _is_page(3, MANY),
    555: _purges,
    557: _purges,
    616: _creates("collection", "painting"),
    618: _creates("collection", "statue"),
    664: _lists("collection", "held"),
    666: _lists("collection", "held"),
    698: _adds_to_the_collection,
    700: _adds_to_the_collection,
    752: _is_page(4, MANY),
    754: _is_page(1),
    788: _leaves_the_collection,
    790: _leaves_the_collection,
    826: _removes("collection"),
    828: _removes("collection"),
    888: _creates("smart_collection", "painting"),
    890: _creates("smart_collection", "painting"),
    964: _lists("smart", "smart"),
    967: _lists("smart", "smart"),
    1009: _is_page(1),
    1011: _is_page(1),
    1040: _removes("smart_collection"),
    1042: _removes("smart_collection"),
    1220: _finds_by_picture,
    1222: _finds_by_picture,
    1268: _finds_by_keywords,
    1270: _finds_by_keywords,
}
