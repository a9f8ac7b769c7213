"""`collections` and `keys`."""

from typing import Any

import click

from .running import Run, connected


@click.group()
def collections() -> None:
    """Collections of media."""


@collections.command("list")
@click.argument("query", required=False)
@connected
def list_collections(run: Run, query: str | None) -> None:
    """List collections, those that have the words of QUERY."""
    for one in run.db.collections.list(q=query):
        run.result(one.value, f"{one.id}  {one.name}")


@collections.command("create")
@click.argument("name")
@click.option("--parent", help="Id of the collection that it lies in.")
@connected
def create_collection(run: Run, name: str, parent: str | None) -> None:
    """Make a collection, and print its id."""
    made = run.db.collections.create(name, parent=parent)
    run.result(made.value, made.id)


@collections.command("show")
@click.argument("collection", metavar="ID")
@connected
def show_collection(run: Run, collection: str) -> None:
    """List the media that it holds."""
    for media in run.db.collections.get(collection).media():
        run.result(media, f"{media.id}  {media.width}x{media.height}  {media.label}")


@collections.command("add")
@click.argument("collection", metavar="ID")
@click.argument("media", nargs=-1, required=True, metavar="MEDIA…")
@connected
def add_to_collection(run: Run, collection: str, media: tuple[str, ...]) -> None:
    """Put media into it."""
    run.result(run.db.collections.get(collection).add(media).value, f"{len(media)} added")


@collections.command("remove")
@click.argument("collection", metavar="ID")
@click.argument("media", nargs=-1, required=True, metavar="MEDIA…")
@connected
def remove_from_collection(run: Run, collection: str, media: tuple[str, ...]) -> None:
    """Take media out of it; they stay in the library."""
    run.result(run.db.collections.get(collection).remove(media).value, f"{len(media)} taken out")


@collections.command("rm")
@click.argument("collection", metavar="ID")
@connected
def delete_collection(run: Run, collection: str) -> None:
    """Delete a collection; its media stay."""
    run.db.collections.get(collection).delete()
    run.result({"id": collection, "deleted": True}, f"{collection}  deleted")


@click.group()
def keys() -> None:
    """Keys of the application."""


@keys.command("list")
@connected
def list_keys(run: Run) -> None:
    """List keys: id, kind, what each is for and may."""
    for one in run.db.keys.list():
        may = ", ".join(one.scopes or ()) or "all that its kind may"
        note = "  (replaced or revoked)" if one.retired else ""
        run.result(one, f"{one.id}  {one.kind}  {one.name or '-'}  {may}{note}")


@keys.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True,
              type=click.Choice(["search", "read", "write", "admin"]))  # fmt: skip
@click.option("--allow", multiple=True, help="An address or network that may use it.")
@click.option("--ends-at", help="2030-05-01, or a time.")
@connected
def create_key(run: Run, name: str, scopes: tuple[str, ...], allow: tuple[str, ...],
               ends_at: str | None) -> None:  # fmt: skip
    """Make a key and print it. It is shown this once."""
    said: dict[str, Any] = {"scopes": list(scopes), "allow": list(allow), "ends_at": ends_at}
    limits = {field: value for field, value in said.items() if value}
    made = run.db.keys.create(kind="named", name=name, **limits)
    run.result(made, str(made.key))


@keys.command("revoke")
@click.argument("identifier", metavar="ID")
@connected
def revoke_key(run: Run, identifier: str) -> None:
    """End a key at once."""
    run.db.keys.revoke(identifier)
    run.result({"id": identifier, "revoked": True}, f"{identifier}  revoked")
