"""Ways of adding a picture: data: URIs, checksums, ids of the client's own, copies."""

import base64
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ..fixtures import Tenant
from ..images import jpeg

PICTURE = jpeg(1, 64, 48)


def data_uri(data: bytes = PICTURE, kind: str = "image/jpeg") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def test_a_picture_may_come_as_a_data_uri(tenant: Tenant) -> None:
    quoted = "data:," + "".join(f"%{byte:02x}" for byte in PICTURE)
    for url in (data_uri(), data_uri(kind="text/plain"), quoted):
        answer = tenant.client.post("media/", json={"url": url})
        assert answer.status_code == 201, answer.text
        assert answer.json()["md5"] == hashlib.md5(PICTURE).hexdigest()

    hits = tenant.client.post("search/", json={"url": data_uri()}).json()
    assert hits["total"] == 3


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("data:", 400),
        ("data:image/png;base64", 400),
        ("data:image/png;base64,", 400),
        ("data:image/png;base64,!!!", 400),
        ("data:image/png;base64,é", 400),
        ("data:text/html,<b>", 415),
        ("data:image/png;base64," + base64.b64encode(b"no picture").decode(), 415),
    ],
)
def test_other_data_uris_are_refused(tenant: Tenant, url: str, status: int) -> None:
    answer = tenant.client.post("media/", json={"url": url})

    assert answer.status_code == status, answer.text
    assert (
        tenant.client.get("media/", params={"application": tenant.application}).json()["total"] == 0
    )


def test_a_checksum_that_does_not_fit_is_refused(tenant: Tenant) -> None:
    right = hashlib.sha256(PICTURE).hexdigest()

    assert tenant.client.add(tenant.application, PICTURE, sha256=right.upper())["sha256"] == right
    for wrong in ("0" * 64, "x", right[:63]):
        answer = tenant.client.post("media/", data={"sha256": wrong}, files={"image": PICTURE})
        assert "sha256" in answer.json()["errors"]


def test_an_id_of_the_clients_own_is_unique_and_finds(tenant: Tenant, stranger: Tenant) -> None:
    client = tenant.client
    one = client.add(tenant.application, PICTURE, external_id="inv. 7/1")
    other = client.add(tenant.application, PICTURE)
    assert (one["external_id"], other["external_id"]) == ("inv. 7/1", None)

    again = client.post("media/", data={"external_id": "inv. 7/1"}, files={"image": PICTURE})
    taken = client.patch(f"media/{other['id']}/", json={"external_id": "inv. 7/1"})
    assert (again.status_code, taken.status_code) == (409, 409)
    assert "inv. 7/1" in again.json()["message"]
    assert stranger.client.add(stranger.application, PICTURE, external_id="inv. 7/1")

    asked = {"application": tenant.application, "external_id": "inv. 7/1"}
    assert [m["id"] for m in client.get("media/", params=asked).json()["data"]] == [one["id"]]
    assert client.patch(f"media/{one['id']}/", json={"external_id": None}).status_code == 200
    moved = client.patch(f"media/{other['id']}/", json={"external_id": "inv. 7/1"})
    assert moved.json()["external_id"] == "inv. 7/1"


def test_one_of_several_at_once_gets_the_id(tenant: Tenant) -> None:
    def add(number: int) -> int:
        return tenant.client.post(
            "media/",
            data={"application": tenant.application, "external_id": "first"},
            files={"image": jpeg(number, 40, 40)},
        ).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(add, range(6))) == [201, *[409] * 5]


@pytest.mark.parametrize("value", ["", " a", "x" * 201, "a\u0000b"])
def test_other_ids_are_refused(tenant: Tenant, value: str) -> None:
    answer = tenant.client.post("media/", json={"url": data_uri(), "external_id": value})

    assert "external_id" in answer.json()["errors"]


def send(tenant: Tenant, **fields: Any) -> Any:
    return tenant.client.post(
        "media/",
        data={"application": tenant.application, **fields},
        files={"image": PICTURE},
    )


def test_a_copy_may_be_answered_with_what_is_there(tenant: Tenant) -> None:
    first = send(tenant, duplicates="return")
    second = send(tenant, duplicates="return", name="another")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert send(tenant, duplicates="reject").status_code == 409
    assert send(tenant).json()["duplicate_of"] == first.json()["id"]
    assert send(tenant, duplicates="perhaps").status_code == 400


def test_a_request_is_not_laxer_than_the_application(tenant: Tenant) -> None:
    options = {"options": {"default": {"duplicates": "reject"}}}
    tenant.client.put(f"applications/{tenant.application}/", json=options)
    send(tenant)

    assert send(tenant).status_code == 409
    assert send(tenant, duplicates="allow").status_code == 409
    assert send(tenant, duplicates="return").status_code == 200


def test_several_at_once_get_one_media(tenant: Tenant) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: send(tenant, duplicates="return"), range(6)))

    assert sorted(answer.status_code for answer in answers) == [*[200] * 5, 201]
    assert len({answer.json()["id"] for answer in answers}) == 1


@pytest.mark.parametrize("name", ["name", "keywords", "metadata", "related"])
def test_a_change_to_null_is_not_ignored(tenant: Tenant, name: str) -> None:
    media = tenant.client.add(tenant.application, PICTURE, name="x", keywords="a")

    answer = tenant.client.patch(f"media/{media['id']}/", json={name: None})

    assert answer.json()["errors"] == {name: "cannot be null"}


def test_several_files_have_a_result_each(tenant: Tenant) -> None:
    files = [("a.jpg", jpeg(1, 64, 48)), ("b.txt", b"no picture"), ("c.jpg", jpeg(3, 64, 48))]
    sent = {"application": tenant.application, "keywords": "k"}
    key = {"Idempotency-Key": secrets.token_hex(8)}

    answers = [
        tenant.client.post(
            "media/", data=sent, files=[("image", one) for one in files], headers=key
        )
        for _ in range(2)
    ]

    assert [answer.status_code for answer in answers] == [207, 207]
    body = answers[0].json()
    assert body == answers[1].json()
    assert [(one["filename"], one["status"]) for one in body["results"]] == [
        ("a.jpg", 201),
        ("b.txt", 415),
        ("c.jpg", 201),
    ]
    assert body["results"][1]["media"] is None
    assert body["results"][2]["media"]["keywords"] == ["k"]
    assert body["message"] == "2 of 3"
    asked = {"application": tenant.application}
    assert tenant.client.get("media/", params=asked).json()["total"] == 2


def test_too_many_files_and_what_goes_with_one_are_refused(tenant: Tenant) -> None:
    files = [("image", ("a.jpg", PICTURE))]

    assert tenant.client.post("media/", files=files * 21).status_code == 400
    answer = tenant.client.post("media/", data={"md5": "0" * 32}, files=files * 2)
    assert answer.json()["errors"] == {"md5": "goes with one file"}
    assert tenant.client.post("search/", files=files * 2).status_code == 400
