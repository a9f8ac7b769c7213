"""What each sample of LTU's guide must do: by its line, a check of what it printed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .conftest import LTUTenant

MANY = 310  # so many media are there for samples that ask for a further page


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
