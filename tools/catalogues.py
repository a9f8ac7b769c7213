"""The catalogues of the pages: python tools/catalogues.py [--check]

Reads the texts out of templates and modules, brings `locales/*/LC_MESSAGES/mediadb.po` up to date,
and compiles them; the package holds both, so that users need no Babel. `--check` changes nothing,
and fails where a catalogue is not up to date, lacks a text, or has other placeholders.
"""

import io
import re
import sys
from datetime import UTC, datetime
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PAGES = Path(__file__).parents[1] / "udata_mediadb" / "dialects" / "pages"
LOCALES = PAGES / "locales"
LANGUAGES = ("fr", "de", "lb")
# Ours, whatever rule the Babel at hand knows: French has a third form, for millions, since 2.19.
TWO_FORMS = {"fr": "(n > 1)", "de": "(n != 1)", "lb": "(n != 1)"}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
_NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)  # the same texts are the same bytes
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


def main() -> None:
    """Exit with what is missing or wrong."""
    wanted = _extracted()
    faults = []
    for language in LANGUAGES:
        path = LOCALES / language / "LC_MESSAGES" / "mediadb.po"
        catalogue = _updated(path, language, wanted)
        faults += [f"{language}: {fault}" for fault in faults_of(catalogue)]
        made = {
            path: (_po(catalogue), _said_in_po),
            path.with_suffix(".mo"): (_mo(catalogue), _said_in_mo),
        }
        for file, (content, said) in made.items():
            if sys.argv[1:] == ["--check"]:
                if not file.exists() or said(file.read_bytes()) != said(content):
                    faults.append(f"{file.name} of {language} is not up to date")
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    if faults:
        sys.exit("\n".join(faults))


def faults_of(catalogue: Catalog) -> list[str]:
    """Texts without a translation, and those whose placeholders are not those of the English."""
    faults = []
    for message in catalogue:
        if not message.id:
            continue
        ids, texts = _forms(message.id), _forms(message.string)
        if not all(texts):
            faults.append(f"not translated: {ids[0]!r}")
        elif any(_held(text) != _held(ids[-1]) for text in texts):
            faults.append(f"other placeholders: {ids[0]!r}")
    return faults


def _extracted() -> Catalog:
    wanted = Catalog(charset="utf-8")
    found = extract_from_dir(PAGES, METHODS, keywords=KEYWORDS)
    for _file, _line, text, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        wanted.add(text)
    return wanted


def _updated(path: Path, language: str, wanted: Catalog) -> Catalog:
    """What is wanted, with the translations that there are."""
    known = read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else None
    made = Catalog(locale=language, charset="utf-8", project="udata-mediadb", fuzzy=False)
    made.mime_headers = _plural_rule(language)
    made.header_comment = f"# {language}: texts of the pages\n#"
    if language == "lb":
        made.header_comment = "# lb: texts of the pages; to be read by a native speaker\n#"
    for message in wanted:
        if message.id:
            found: Message | None = known.get(message.id) if known else None
            made.add(message.id, found.string if found else None)
    return made


def _said_in_po(content: bytes) -> list[tuple[list[str], list[str]]]:
    """Its texts, in their order. Not its bytes: another Babel folds and heads them otherwise."""
    found = read_po(io.BytesIO(content))
    return [(_forms(one.id), _forms(one.string)) for one in found if one.id]


def _said_in_mo(content: bytes) -> dict[object, str]:
    """Its texts, and which number takes which form."""
    found = GNUTranslations(io.BytesIO(content))
    return {
        **found._catalog,  # type: ignore[attr-defined]
        "": "",  # the head, in which Babel names itself
        "plural": " ".join(str(found.plural(number)) for number in range(200)),  # type: ignore[attr-defined]
    }


def _forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text or ""] if text is None or isinstance(text, str) else list(text)


def _held(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


def _plural_rule(language: str) -> list[tuple[str, str]]:
    return [("Plural-Forms", f"nplurals=2; plural={TWO_FORMS[language]};")]


def _po(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalogue, omit_header=False, sort_output=False, width=100)
    lines = out.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator')
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def _mo(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    kept = Catalog(
        locale=catalogue.locale,
        charset="utf-8",
        fuzzy=False,
        creation_date=_NO_TIME,
        revision_date=_NO_TIME,
    )
    kept.mime_headers = _plural_rule(str(catalogue.locale))
    for message in catalogue:
        if message.id and all(_forms(message.string)):
            kept.add(message.id, message.string)
    write_mo(out, kept)
    return out.getvalue()


if __name__ == "__main__":
    main()
