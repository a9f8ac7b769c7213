"""The lines that the demo prints: ready to paste into a shell, as they are."""

import shlex
import sys
from pathlib import Path
from typing import Any

from .pictures import EXTRA, QUERY
from .portal import ROOT_VARIABLE
from .root import Root

_SHOWN_HIT = "'.data[] | {name: .media.name, decision, distance}'"


def commands_to_paste(root: Root, facts: dict[str, Any]) -> str:
    """The text below the URL; `facts` is what demo.json holds."""
    media = f"{facts['api_url']}mediadb/media/"
    search = f"{facts['api_url']}mediadb/search/"
    application = facts["application"]
    header = f"X-API-KEY:{facts['x_api_key']}"
    curl = f"curl -s -H {shlex.quote(header.replace(':', ': ', 1))}"
    listed = shlex.quote(f"{media}?application={application}")
    first = f"$({curl} {listed} | jq -r '.data[0].id')"
    flask = (
        f"{ROOT_VARIABLE}={shlex.quote(str(root.path))} {shlex.quote(sys.executable)} "
        "-m flask --app udata_mediadb.demo.portal mediadb"
    )
    return f"""\
List the pictures
  http -I {listed} {header} | jq '.data[].name'
  {curl} {listed} | jq '.data[].name'

Which of them is this one a part of?
  http -I -f POST {search} {header} application={application} {_httpie_file(QUERY)} | jq {_SHOWN_HIT}
  {curl} -F application={application} -F {_curl_file(QUERY)} {search} | jq {_SHOWN_HIT}

Add a picture
  http -I -f POST {media} {header} application={application} name=Pebbles keywords=stone,grey {_httpie_file(EXTRA)} | jq '{{id, name, keywords, width, height}}'
  {curl} -F application={application} -F name=Pebbles -F keywords=stone,grey -F {_curl_file(EXTRA)} {media} | jq '{{id, name, keywords, width, height}}'

Get one by its id
  http -I {media}{first}/ {header} | jq .
  {curl} {media}{first}/ | jq .

Check the library, and build its index anew
  {flask} check
  {flask} reindex
"""  # noqa: E501 - lines to paste must not be broken


def _httpie_file(path: Path) -> str:
    return shlex.quote(f"image@{path}")


def _curl_file(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return shlex.quote(f'image=@"{escaped}"')  # inner quotes: a path may have ; and ,
