"""Files of an index that differ from what was written are named, and written anew."""

from pathlib import Path

import pytest

from udata_mediadb.application.models import Application

from ..images import jpeg
from ..portal_here import PortalHere, new_application


def files_of(here: PortalHere, pattern: str) -> list[Path]:
    root = Path(here.app.config["FS_ROOT"] + "-index") / here.application
    return sorted(path for path in root.glob(pattern) if path.stat().st_size > 100)


@pytest.mark.parametrize("pattern", ["match@*/*/*.npy", "similarity@*/*/*.npy", "*/*.media/*.npy"])
def test_a_flipped_bit_is_named_by_a_deep_check_and_mended(here: PortalHere, pattern: str) -> None:
    both = {"signatures": ["match", "similarity"]}
    here.application = new_application(here.app, here.user, **both)
    for seed in range(3):
        here.add(jpeg(seed, 320, 240))
    assert here.command("rebuild")[0] == 0
    assert here.command("check", "--deep")[0] == 0
    path = files_of(here, pattern)[-1]
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))

    code, said = here.command("check", "--deep")
    assert (code, "index-damaged" in said) == (1, True), said
    assert here.command("reindex", "--deep")[0] == 0

    assert here.command("check", "--deep")[0] == 0


def test_rebuild_writes_what_serves_while_an_encoder_is_exchanged(here: PortalHere) -> None:
    here.application = new_application(here.app, here.user, signatures=["similarity"])
    here.add(jpeg(1, 320, 240))
    registry = here.ingest.registry
    former = registry["similarity"]
    registry["similarity@before"] = former  # type: ignore[index]
    Application.objects(id=here.application).update(
        set__described_versions={"similarity": "before"}
    )

    code, said = here.command("rebuild", "--application", here.application)

    assert code == 0, said
    assert "similarity@before" in said
