"""Which settings are tried that would have found a media, and until when."""

import time
from typing import Any

import pytest

from udata_mediadb.search.explaining import trying

OTHERS = ["region", "thorough"]


@pytest.fixture(autouse=True)
def others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "_others", lambda *_: ((name, None, name) for name in OTHERS))


def try_all() -> list[str]:
    nothing: Any = None
    return [one.setting for one in trying.try_others(nothing, nothing, nothing, nothing, "1")]


def test_a_machine_that_is_busy_with_others_tries_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "BUDGET_S", 0.05)
    monkeypatch.setattr(trying, "_is_found", lambda *_: time.sleep(0.1))

    assert try_all() == OTHERS


def test_what_takes_long_is_not_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "BUDGET_S", 0.02)
    monkeypatch.setattr(trying, "_is_found", lambda *_: sum(range(5_000_000)) < 0)

    assert try_all() == OTHERS[:1]
