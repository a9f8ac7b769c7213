"""The lines that the demo prints: ready to paste into a shell, as they are."""

import shlex
from pathlib import Path
from typing import Any

from .kinds import Kind
from .pictures import QUERY
from .root import Root

_SHOWN_COLOR = "'.colors[] | {hex, name, weight}'"
_SHOWN_HIT = "'.data[] | {name: .media.name, decision, distance}'"


def commands_to_paste(kind: Kind, root: Root, facts: dict[str, Any], media_id: str | None) -> str:
    """The text below the URL; `facts` is what demo.json holds, `media_id` one of the pictures."""
    media = f"{facts['api_url']}mediadb/media/"
    search = f"{facts['api_url']}mediadb/search/"
    application = facts["application"]
    header = f"X-API-KEY:{facts['x_api_key']}"
    http, curl = "http -I", "curl -s"
    if authority := facts.get("cacert"):
        http += f" --verify={shlex.quote(authority)}"
        curl += f" --cacert {shlex.quote(authority)}"
    curl += f" -H {shlex.quote(header.replace(':', ': ', 1))}"
    listed = shlex.quote(f"{media}?application={application}")
    one = f"{media}{media_id or 'ID'}/"
    command = kind.command_line(root)
    return f"""\
List the pictures
  {http} {listed} {header} | jq '.data[].name'
  {curl} {listed} | jq '.data[].name'

Which of them is this one a part of?
  {http} -f POST {search} {header} application={application} {_httpie_file(QUERY)} | jq {_SHOWN_HIT}
  {curl} -F application={application} -F {_curl_file(QUERY)} {search} | jq {_SHOWN_HIT}

Add a picture
  {http} -f POST {media} {header} application={application} name=Books keywords=books,close-up {_httpie_file(QUERY)} | jq '{{id, name, keywords, width, height}}'
  {curl} -F application={application} -F name=Books -F keywords=books,close-up -F {_curl_file(QUERY)} {media} | jq '{{id, name, keywords, width, height}}'

Get one by its id{"" if media_id else " (put one in the place of ID)"}
  {http} {one} {header} | jq .
  {curl} {one} | jq .

What looks like it, and what are its colours?
  {http} {one}similar/ {header} | jq {_SHOWN_HIT}
  {curl} {one}similar/ | jq {_SHOWN_HIT}
  {http} {one}colors/ {header} | jq {_SHOWN_COLOR}
  {curl} {one}colors/ | jq {_SHOWN_COLOR}

Check the library, and build its index anew
  {command} check
  {command} reindex
{_import(command, facts) if kind.shows_pictures else ""}"""  # noqa: E501 - lines to paste must not be broken


def _import(command: str, facts: dict[str, Any]) -> str:
    return f"""
Bring in the pictures of the portal's reuses and organisations
  {command} import --owner {facts["username"]}
"""


def _httpie_file(path: Path) -> str:
    return shlex.quote(f"image@{path}")


def _curl_file(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return shlex.quote(f'image=@"{escaped}"')  # inner quotes: a path may have ; and ,
