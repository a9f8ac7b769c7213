"""What goes wrong in udata's own upload, and must not in ours."""

from pathlib import Path

import pytest
from flask_restx import schemas

from ..fixtures import Tenant
from ..images import jpeg
from ..portal import Portal


@pytest.mark.parametrize("field", ["uuid", "filename", "id", "prefix"])
def test_a_field_that_is_a_path_leads_nowhere(portal: Portal, tenant: Tenant, field: str) -> None:
    root = Path(portal.environment["TEST_FS_ROOT"])
    around = set(root.parent.iterdir())

    answer = tenant.client.post(
        "media/",
        data={"application": tenant.application, field: "../../outside", "partindex": "0"},
        files={"image": ("../../outside.jpg", jpeg(1, 160, 120))},
    )

    assert answer.status_code in (201, 400), answer.text
    assert set(root.parent.iterdir()) == around
    assert not list(root.parent.rglob("outside*"))


def test_the_same_file_name_twice_is_two_media(tenant: Tenant) -> None:
    answers = [
        tenant.client.post(
            "media/",
            data={"application": tenant.application},
            files={"image": ("a.jpg", jpeg(seed, 160, 120))},
        )
        for seed in (1, 2)
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]


def test_the_portals_swagger_is_valid_with_our_routes(portal: Portal, tenant: Tenant) -> None:
    spec = tenant.client.request("GET", "../swagger.json").json()

    ours = {path: item for path, item in spec["paths"].items() if path.startswith("/mediadb/")}
    assert len(ours) > 15
    assert schemas.validate(spec)
