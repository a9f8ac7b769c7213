"""What portals, doors and shards say to each other has numbers that change with it."""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from udata_mediadb.indexing.shards import asking, forms, joining, searching, wire
from udata_mediadb.indexing.shards.forms import DOOR_FORM, OtherForm, require_door_form

# Where one of these differs, raise the number in `forms` and write down the new pair; where only
# words of a comment changed, write down the new digits.
OF_DOORS = {1: "0ef8f1ad"}
OF_SHARDS = {1: "4bf04401", 2: "4bf04401"}


def shape(*parts: Callable[..., Any]) -> str:
    """Eight digits of their source."""
    source = " ".join(" ".join(inspect.getsource(part).split()) for part in parts)
    return hashlib.sha256(source.encode()).hexdigest()[:8]


def test_what_a_portal_and_a_door_say_has_its_number() -> None:
    said = shape(asking.Ask, asking.Answer, asking.read_ask, asking.read_answer, wire.written)

    assert OF_DOORS[forms.DOOR_FORM] == said


def test_what_a_door_and_its_shards_say_has_its_number() -> None:
    said = shape(
        asking.Ask, asking.First, asking.Second, asking.Words, joining.named_by_all,
        joining.joined_words, joining.joined_vectors, searching.ShardedSearch._firsts,
    )  # fmt: skip

    assert OF_SHARDS[forms.SHARD_FORM] == said


@pytest.mark.parametrize("shown", [None, "", "0", str(DOOR_FORM + 1), "x"])
def test_another_form_is_refused_with_both_numbers(shown: str | None) -> None:
    with pytest.raises(OtherForm, match=f"0.1.0.* answers form {DOOR_FORM}") as refused:
        require_door_form(shown, "0.1.0")

    assert refused.value.status == 409


def test_its_own_form_is_answered() -> None:
    require_door_form(str(DOOR_FORM), "0.1.0")
