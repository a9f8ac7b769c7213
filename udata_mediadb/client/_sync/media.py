# Made by tools/make_sync_client.py from _async; change that.
"""`db.media`: pictures of the library."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..addressing import identifier, in_path
from ..requests import Call, Picture, given, once, query_of, with_picture
from ..values import Hit, Media
from .transport import Transport

Named = Media | str
_CREATED = 201


class MediaRoutes:
    """Adds, finds, changes and deletes media. `application`: where none is named."""

    def __init__(self, transport: Transport, application: str | None) -> None:
        self._transport = transport
        self._application = application

    def add(
        self,
        picture: Picture,
        *,
        name: str | None = None,
        keywords: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Media:
        """Add a picture: a path, bytes, an open file or an address. `more`: any argument of the
        route, such as `title`, `licence`, `external_id`, `duplicates`. Sent again, where no answer
        came, it is added once."""
        said = {"application": self._application, "name": name, "metadata": metadata, **more}
        said["keywords"] = list(keywords) if keywords is not None else None
        return (self.add_or_find(picture, **said))[0]

    def add_or_find(
        self, picture: Picture, *, idempotency_key: str | None = None, **said: Any
    ) -> tuple[Media, bool]:
        """As `add`, and whether it is new: with `duplicates="return"` it may be there already.

        `idempotency_key`: of your own, the same for each repeat within a day.
        """
        said.setdefault("application", self._application)
        call = with_picture(Call("POST", "media/", body=given(said)), picture)
        answer = self._transport.send(once(call, idempotency_key))
        return Media.of(answer.json()), answer.status_code == _CREATED

    def list(self, **filters: Any) -> Iterator[Media]:
        """Media that meet the filters of the route, page by page: `keyword="river"`,
        `metadata={"year": 1932}`, `created_at__gte="2024"`, `sort="-created_at"`."""
        filters.setdefault("application", self._application)
        for told in self._transport.pages(Call("GET", "media/", query_of(filters))):
            yield Media.of(told)

    def count(self, **filters: Any) -> int:
        """How many media meet the filters."""
        filters.setdefault("application", self._application)
        query = query_of({**filters, "page_size": 1})
        return int((self._transport.ask(Call("GET", "media/", query)))["total"])

    def get(self, media: Named) -> Media:
        """The media of this id."""
        return Media.of(self._transport.ask(Call("GET", _path(media))))

    def edit(self, media: Named, **changes: Any) -> Media:
        """Change what is named; the rest stays."""
        return Media.of(self._transport.ask(Call("PATCH", _path(media), body=changes)))

    def replace(self, media: Named, picture: Picture) -> Media:
        """Another picture in place of this one; id, name and the rest stay."""
        call = with_picture(Call("PUT", f"{_path(media)}file/"), picture)
        return Media.of(self._transport.ask(call))

    def delete(self, media: Named, *, force: bool = False) -> None:
        """Take it out of lists and searches; with `force` remove it for good."""
        query = query_of({"force": True}) if force else []
        self._transport.ask(Call("DELETE", _path(media), query))

    def restore(self, media: Named) -> Media:
        """Undo a deletion."""
        return Media.of(self._transport.ask(Call("POST", f"{_path(media)}restore/")))

    def file(self, media: Named, kind: str = "media") -> bytes:
        """The bytes of `media` (as it is shown), `thumbnail` or `original` (for editors)."""
        return (self._transport.send(Call("GET", f"{_path(media)}files/{kind}/"))).content

    def similar(self, media: Named, **arguments: Any) -> Iterator[Hit]:
        """What looks like it, best first."""
        call = Call("GET", f"{_path(media)}similar/", query_of(arguments))
        for told in self._transport.pages(call):
            yield Hit.of(told)

    def edit_many(self, ids: Sequence[Named], **changes: Any) -> dict[str, Any]:
        """`add_keywords`, `remove_keywords`, `set_metadata`, `unset_metadata`,
        `add_to_collection` for up to 1,000 media; a result for each."""
        body = {"ids": [identifier(one) for one in ids], **changes}
        return dict(self._transport.ask(Call("PATCH", "media/", body=body)))


def _path(media: Named) -> str:
    return f"media/{in_path(media)}/"
