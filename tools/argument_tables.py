"""Write the tables of arguments in docs/ from what the routes declare.

    python tools/argument_tables.py          write them
    python tools/argument_tables.py --check  fail where one is not what the code says

A table stands between `<!-- takes: POST media/ -->` and `<!-- end -->`; `query` or `body` after the
path shows that part alone.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import udata_mediadb.mounting.app  # noqa: F401  every route module puts its routes on the namespace
from udata_mediadb.web.arguments import Argument
from udata_mediadb.web.contract import FILES, Contract
from udata_mediadb.web.namespace import ns

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(r"(<!-- takes: (\w+) (\S+)( query| body)? -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def contracts() -> dict[tuple[str, str], Contract]:
    """By verb and path, as the docs write it: `media/<id>/`."""
    found = {}
    for resource, urls, *_ in ns.resources:
        for url in urls:
            path = re.sub(r"<[^>]*>", "<id>", url.lstrip("/"))
            for verb in resource.methods:
                found[verb, path] = getattr(resource, verb.lower()).contract
    return found


def table(contract: Contract, part: str = "") -> str:
    """The arguments of a contract as a Markdown table."""
    query = [] if part == "body" else [one for one in contract.query if one not in contract.body]
    body = [] if part == "query" else list(contract.body)
    files = list(FILES) if contract.image and part != "query" else []
    rows = ["| argument | form | meaning |", "| --- | --- | --- |"]
    rows += [_row(one, "file") for one in files]
    rows += [_row(one, _form(one)) for one in (*query, *body)]
    return "\n\n" + "\n".join(rows) + "\n\n"


def _row(argument: Argument, form: str) -> str:
    needed = " (needed)" if argument.required else ""
    return f"| `{argument.name}` | {form}{needed} | {argument.description} |"


def _form(argument: Argument) -> str:
    words = {"string": "text", "array": "list", "boolean": "true or false", "object": "object"}
    return words.get(argument.type, argument.type)


def rendered() -> Iterator[tuple[Path, str]]:
    """Every page that has tables, with what it should be."""
    known = contracts()
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text()
        if not BLOCK.search(text):
            continue
        yield (
            path,
            BLOCK.sub(
                lambda m: m[1] + table(known[m[2], m[3]], (m[4] or "").strip()).lstrip("\n") + m[6],
                text,
            ),
        )


def main() -> int:
    """0, or 1 with --check where a page is not up to date."""
    old = [(path, text) for path, text in rendered() if path.read_text() != text]
    for path, text in old:
        if "--check" in sys.argv:
            print(f"{path}: run python tools/argument_tables.py")
        else:
            path.write_text(text)
    return int(bool(old) and "--check" in sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
