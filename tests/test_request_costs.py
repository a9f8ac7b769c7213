"""How often one request asks MongoDB: what was read is handed on, nothing is asked twice."""

from collections.abc import Iterator

import pytest
from pymongo import MongoClient, monitoring

from .hosts import plain_only
from .request_world import Commands, World, new_world

pytestmark = plain_only

PICTURES = 3
# With an X-API-KEY and three signatures, the process warm. `python -m benchmarks.request_costs`
# shows what they are. Who adds one says why in docs/decisions/0012-short-way.md.
MOST = {"POST media": 14, "POST search": 14, "GET list": 8, "GET one": 5, "PUT one": 8}


@pytest.fixture(scope="module")
def commands() -> Commands:
    listener = Commands()
    monitoring.register(listener)  # counts only where it is asked to
    return listener


@pytest.fixture(scope="module")
def world(
    commands: Commands, mongodb_uri: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    root = tmp_path_factory.mktemp("costs")
    name = f"mediadb_test_costs_{root.name}"
    with new_world(f"{mongodb_uri.rstrip('/')}/{name}", root, PICTURES) as found:
        yield found
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)


@pytest.mark.parametrize("name", MOST)
def test_a_request_asks_the_database_no_more_than_it_must(
    world: World, commands: Commands, name: str
) -> None:
    request = world.requests()[name]
    request()

    with commands.counted() as sent:
        request()

    assert 0 < len(sent) <= MOST[name], sent


def test_a_page_of_many_asks_no_more_than_one_of_few(world: World, commands: Commands) -> None:
    path = f"media/?application={world.application}&page_size="
    numbers = []
    for size in (1, 3):
        world.ask("GET", f"{path}{size}")
        with commands.counted() as sent:
            answer = world.ask("GET", f"{path}{size}")
        assert len(answer["data"]) == size
        numbers.append(len(sent))

    assert numbers[0] == numbers[1]
