"""OpenID providers of tests are asked for as long as a busy machine takes."""

from collections.abc import Iterator

import pytest

from udata_mediadb.authentication import jwks

from ..waiting import PATIENCE_S


@pytest.fixture(scope="session", autouse=True)
def _patience_with_providers() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jwks, "FETCH_TIMEOUT_S", PATIENCE_S)
        yield
