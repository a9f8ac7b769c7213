"""The form of an import: files, a folder, a ZIP or table, an address, or what was sent before."""

import io
import zipfile

from flask import Request, request
from werkzeug.datastructures import FileStorage

from ...operations.imports.archive import safe_path
from ...web.bodies import Upload, filename_of, read_limited

_FIELDS = (
    *("url", "upload", "keywords", "keywords_from_folders", "hidden"),
    *("collection", "on_duplicate"),
)
_PARTS_MAX = 20_000  # files of a folder, each a part of the form; the bytes are limited as ever
# What is itself read by an import; all else is put into a ZIP.
_SOURCES = (".zip", ".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".xml", ".rdf", ".atom", ".rss")
_PACKED = "pictures.zip"


def read_import() -> Upload:
    """What the form of this request holds; several files are one ZIP, with their folders."""
    request.max_form_parts = _PARTS_MAX
    return read_limited(_read)


def _read(sent: Request) -> Upload:
    said = {name: value for name in _FIELDS if (value := sent.form.get(name, "").strip())}
    files = [file for file in sent.files.getlist("file") if file.filename]
    if not files:
        return Upload(properties=said)
    name = filename_of(files[0]) or ""
    if len(files) == 1 and name.lower().endswith(_SOURCES):
        return Upload(files[0].read(), name, said)
    return Upload(_packed(files), _PACKED, said)


def _packed(files: list[FileStorage]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for file in files:
            archive.writestr(str(safe_path(file.filename or "")), file.read())
    return out.getvalue()
