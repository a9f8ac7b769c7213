"""The table of permissions in docs/reference/authentication.md, cell by cell."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from udata_mediadb.dialects.pages.mounting import BLUEPRINT as PAGES

from ..hosts import plain_only
from ..portal import Portal
from .local import local_app
from .permission_calls import CALLS, READING
from .permission_world import CALLERS, People, World, new_people

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "authentication.md"
HEADINGS = {
    False: "### An application that is not public",
    True: "### A public application",
}
NOBODY_IS_ASKED = "### Routes that ask nobody"
MEANINGS = {"yes": range(200, 300), "401": [401], "403": [403], "404": [404]}
Line = tuple[str, dict[str, str]]


def section(heading: str) -> str:
    return PAGE.read_text().split(heading + "\n", 1)[1].split("\n#", 1)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the lines of a Markdown table, its heading first."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [*cells[:1], *cells[2:]]


def table(public: bool) -> list[Line]:
    head, *lines = rows(section(HEADINGS[public]))
    return [(line[0].strip("`"), dict(zip(head[1:], line[1:], strict=True))) for line in lines]


def lines() -> Iterator[tuple[bool, str, dict[str, str]]]:
    for public in HEADINGS:
        for route, cells in table(public):
            yield public, route, cells


def parameters() -> Iterator[Any]:
    """On two workers of pytest-xdist: each has people and cells of its own."""
    for public, route, cells in lines():
        kind = "public" if public else "private"
        group = pytest.mark.xdist_group(f"permissions, {kind}")
        yield pytest.param(public, route, cells, id=f"{kind} {route}", marks=group)


@pytest.fixture(scope="module")
def app(portal: Portal) -> Flask:
    return local_app(portal)


@pytest.fixture(scope="module")
def people(app: Flask) -> People:
    with app.app_context():
        return new_people(secrets.token_hex(6))


@pytest.fixture
def world(app: Flask, people: People) -> Iterator[World]:
    made = World(app, people)
    yield made
    with app.app_context():
        made.forget()


@pytest.mark.slow
@pytest.mark.parametrize(("public", "route", "cells"), list(parameters()))
def test_each_caller_gets_what_the_table_says(
    world: World, public: bool, route: str, cells: dict[str, str]
) -> None:
    wrong = {}
    for caller, meaning in cells.items():
        status = ask(world, route, caller, public=public)
        if status not in MEANINGS[meaning]:
            wrong[caller] = f"{status}, not {meaning}"
    assert not wrong


@pytest.mark.parametrize("public", HEADINGS)
def test_the_table_has_every_caller(public: bool) -> None:
    for _route, cells in table(public):
        assert list(cells) == list(CALLERS)


@plain_only  # a udata has hundreds of others
def test_every_route_has_its_line(app: Flask) -> None:
    """A new route fails here until it has a line in the tables, or asks nobody."""
    open_routes = {line[0].strip("`") for line in rows(section(NOBODY_IS_ASKED))[1:]}
    there = set(routes_of(app))
    for public in HEADINGS:
        listed = {route for route, _ in table(public)}
        assert listed == set(CALLS)
        missing = there - {shape(route) for route in listed | open_routes}
        assert not missing, f"routes without a line in {PAGE.name}: {sorted(missing)}"
        assert not {shape(route) for route in listed | open_routes} - there


def ask(world: World, route: str, caller: str, *, public: bool) -> int:
    with world.app.app_context():
        cell = world.cell(public=public)
        headers = CALLERS[caller](cell, world.people)
        call = CALLS[route](cell)
    headers = {**headers, **call.arguments.pop("headers", {})}
    client = world.app.test_client(use_cookies=False)
    answer = client.open(call.path, method=call.method, headers=headers, **call.arguments)
    cell.changed |= route not in READING and answer.status_code < 400
    return answer.status_code


def routes_of(app: Flask) -> Iterator[str]:
    """`GET media/<>/` for every route of the app; below our prefix without it."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{PAGES}."):
            continue  # tests/pages tries what those show to whom
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield shape(f"{method} {rule.rule.removeprefix('/api/1/mediadb/')}")


def shape(route: str) -> str:
    """A route without the names of its parts; LTU's second names for the same are one."""
    route = re.sub(r" /ltu(/api)?(/services)?/", " /ltu/", route)
    route = route.replace("/ltu/medias", "/ltu/media").replace("/media_listing", "/medias")
    route = route.replace("PUT /ltu/", "PATCH /ltu/")
    return re.sub(r"<[^>]*>", "<>", route)
