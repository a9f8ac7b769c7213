"""The readers that all routes share, without a server."""

from typing import Any

import pytest
from flask import Flask

from udata_mediadb.errors import InvalidFields
from udata_mediadb.web.pages import PageRequest, largest_page, parse_page
from udata_mediadb.web.readers import number_of, positive_number, read_flag, read_share


@pytest.mark.parametrize("yes", [True, 1, "true", "TRUE", "1", "yes", "on", " On "])
def test_all_that_clients_write_for_yes_is_yes(yes: Any) -> None:
    assert read_flag(yes) is True


@pytest.mark.parametrize("no", [False, 0, "false", "False", "0", "no", "off", ""])
def test_all_that_clients_write_for_no_is_no(no: Any) -> None:
    assert read_flag(no) is False


@pytest.mark.parametrize("other", ["maybe", "y", "2", 2, -1, 1.0, [], {}, [True], None])
def test_what_is_neither_is_refused(other: Any) -> None:
    with pytest.raises(ValueError, match="true or false"):
        read_flag(other)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (7, 7),
        ("7", 7),
        (" 7 ", 7),
        (999_999_999, 999_999_999),
        (0, None),
        (-1, None),
        (1_000_000_000, None),
        ("1000000000", None),
        (True, None),
        (1.0, None),
        ("\u0663", None),  # ARABIC-INDIC DIGIT THREE
        ("1_0", None),
        ("9" * 5000, None),
        ([1], None),
        (None, None),
    ],
)
def test_a_positive_number_is_read_from_json_and_text(value: Any, number: int | None) -> None:
    assert positive_number(value) == number


@pytest.mark.parametrize("value", [10**400, -(10**400), "1e400", "nan", "inf", True, [1], ""])
def test_what_no_finite_number_is_or_writes_out_is_none(value: Any) -> None:
    assert number_of(value) is None
    with pytest.raises(ValueError, match="0 to 1"):
        read_share(value)


def test_a_page_has_the_sizes_of_its_dialect() -> None:
    def asked(**args: object) -> PageRequest:
        return parse_page(args, size_key="limit", usual_size=100, max_size=1000)

    assert asked() == PageRequest(1, 100)
    assert asked(page="", limit="") == PageRequest(1, 100)
    assert asked(page="3", limit="5000", page_size="7") == PageRequest(3, 1000)
    with pytest.raises(InvalidFields, match=r"page: .*limit: "):
        asked(page="x", limit=0)


@pytest.mark.parametrize(("setting", "expected"), [(None, 1000), (50, 50), (5000, 5000)])
def test_the_setting_is_the_largest_page_of_every_dialect(
    setting: int | None, expected: int
) -> None:
    app = Flask("portal")
    app.config["MEDIADB_PAGE_SIZE_MAX"] = setting
    with app.app_context():
        assert largest_page(1000) == expected
