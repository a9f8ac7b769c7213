"""The sample pictures, and their import over the HTTP API."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from .client import Client

_SAMPLES = Path(__file__).with_name("samples")
QUERY = _SAMPLES / "query.jpg"  # a part of one of them, as a phone might give it


@dataclass(frozen=True)
class Sample:
    """A picture that ships with the package (origin and licence: samples/NOTICE)."""

    path: Path
    name: str
    keywords: Sequence[str]
    metadata: dict[str, str]


def samples() -> list[Sample]:
    """All of them, in the order of samples.json."""
    entries: list[dict[str, Any]] = json.loads(
        (_SAMPLES / "samples.json").read_text(encoding="utf-8")
    )
    return [Sample(_SAMPLES / e["file"], e["name"], e["keywords"], e["metadata"]) for e in entries]


def import_samples(client: Client, application: str, wanted: Sequence[Sample]) -> None:
    """Post those that the application does not hold yet, with a progress bar.

    Told apart by the digest of their bytes, so an import that was cut off goes on where it was.
    """
    held = {m["sha256"] for m in client.get_all("mediadb/media/", application=application)}
    for sample in tqdm(wanted, desc="Importing pictures", unit="picture", leave=True):
        content = sample.path.read_bytes()
        if hashlib.sha256(content).hexdigest() in held:
            continue
        form = {
            "image": (sample.path.name, content, "image/jpeg"),
            "application": application,
            "name": sample.name,
            "keywords": json.dumps(sample.keywords),
            "metadata": json.dumps(sample.metadata),
        }
        client.post("mediadb/media/", form=form)
