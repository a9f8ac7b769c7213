"""Errors of the dialect have one form, whoever found them: a route, or that there is none."""

import pytest

from .conftest import LTUTenant


@pytest.mark.parametrize(
    ("verb", "path", "status", "error"),
    [
        ("GET", "/nowhere", 404, "not-found"),
        ("PUT", "/media", 405, "method-not-allowed"),
        ("GET", "/media/00000000-0000-4000-8000-000000000000", 404, "not-found"),
        ("GET", "/media?page=0", 404, "not-found"),
        ("GET", "/media?page=99", 404, "not-found"),
    ],
)
def test_each_error_has_message_status_detail_and_error(
    ltu_tenant: LTUTenant, verb: str, path: str, status: int, error: str
) -> None:
    answer = ltu_tenant.ltu.request(verb, path)

    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]) == (status, status, error)
    assert body["message"] == body["detail"]
