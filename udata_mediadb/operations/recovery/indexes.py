"""The files of the indexes: which ones searches use, and whether they are what was written."""

from collections.abc import Iterator

from ...application.models import Application
from ...indexing.catalogs import Catalogs, MaintainedCatalog
from ...indexing.versions import in_use
from .problems import Problem


def used_by(catalogs: Catalogs, application: Application) -> list[str]:
    """What its searches use, as registered: while an encoder is exchanged, the former version.

    With it comes the new one, which is to serve next.
    """
    names: dict[str, None] = {}
    for name in application.signatures:
        used = in_use(catalogs.registry, application.described_versions, name)
        names |= dict.fromkeys((used, name))
    return list(names)


def damaged_indexes(catalogs: Catalogs) -> Iterator[tuple[Problem, MaintainedCatalog]]:
    """Every index whose files differ from what was written, by their checksums.

    None where a cluster answers: what this machine has is not asked.
    """
    if catalogs.cluster is not None:
        return
    for application in Application.objects:
        for name in used_by(catalogs, application):
            served = catalogs.own(application.id, name)
            store = served.catalog.store
            for why in store.damage() if store is not None else ():
                yield Problem("index-damaged", application.id, f"{name}: {why}"), served
                break  # one is enough: all of them are written anew
