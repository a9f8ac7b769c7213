"""`db.uploads` and `db.imports`: large files in parts (tus 1.0.0), and imports by the portal."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from ..addressing import in_path
from ..errors import Conflict, MediaDBClientError, ServerError, Unreachable
from ..requests import Call, Picture, given, once, query_of, with_picture
from ..values import Job, Upload
from .transport import AsyncTransport

PART_BYTES = 4 << 20  # some seconds of a slow line, below what any portal takes
_TUS = {"Tus-Resumable": "1.0.0"}
_TRIES, _WAIT_S = 6, 2.0  # of one part: a portal that is started again takes some seconds


class AsyncUploadRoutes:
    """Uploads that go on where they were broken off."""

    def __init__(self, transport: AsyncTransport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    async def begin(self, length: int, filename: str = "file") -> Upload:
        """A new one, of so many bytes."""
        named = f"filename {b64encode(filename.encode()).decode()}"
        headers = {**_TUS, "Upload-Length": str(length), "Upload-Metadata": named}
        query = query_of({"application": self._application})
        call = Call("POST", "uploads/", query, headers=headers, content=b"")
        return Upload.of(await self._transport.ask(call))

    async def get(self, upload: Any) -> Upload:
        """How much of it is there."""
        return Upload.of(await self._transport.ask(Call("GET", _path(upload), headers=_TUS)))

    async def send(self, upload: Any, file: str | Path) -> AsyncIterator[Upload]:
        """Send what is missing of the file; tells how far it is after each part.

        A part that got no answer is asked for, and sent again where it did not come.
        """
        found, failed = await self.get(upload), 0
        with Path(file).open("rb") as opened:
            while found.offset < found.length:
                opened.seek(found.offset)
                try:
                    await self._part(found, opened.read(PART_BYTES))
                except (Unreachable, ServerError, Conflict):
                    failed += 1
                    if failed == _TRIES:
                        raise
                    await asyncio.sleep(_WAIT_S)
                else:
                    failed = 0
                found = await self.get(upload)
                yield found

    async def delete(self, upload: Any) -> None:
        """Give it up."""
        await self._transport.ask(Call("DELETE", _path(upload)))

    async def _part(self, upload: Upload, data: bytes) -> None:
        if not data:
            raise MediaDBClientError("The file has become shorter since the upload was begun.")
        headers = {**_TUS, "Upload-Offset": str(upload.offset),
                   "Content-Type": "application/offset+octet-stream"}  # fmt: skip
        await self._transport.send(Call("PATCH", _path(upload), headers=headers, content=data))


class AsyncImportRoutes:
    """Imports that the portal does: of a ZIP, a table, a IIIF manifest, a feed."""

    def __init__(self, transport: AsyncTransport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    async def start(
        self,
        file: Picture | None = None,
        *,
        idempotency_key: str | None = None,
        **arguments: Any,
    ) -> Job:
        """Begin one: of a file (path, bytes, address), or of an `upload` that is complete.
        `db.jobs.follow` says when it has ended. `idempotency_key`: as of `media.add_or_find`."""
        call = Call("POST", "imports/", body=given({"application": self._application, **arguments}))
        return Job.of(await self._transport.ask(once(with_picture(call, file), idempotency_key)))

    async def items(self, job: Any, **filters: Any) -> AsyncIterator[dict[str, Any]]:
        """What became of each item, in their order; `outcome` narrows them."""
        call = Call("GET", f"imports/{in_path(job)}/items/", query_of(filters))
        async for told in self._transport.pages(call):
            yield dict(told)


def _path(upload: Any) -> str:
    return f"uploads/{in_path(upload)}/"
