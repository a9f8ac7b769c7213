"""Two pictures beside each other: what each signature finds between a query and a stored one."""

from ..application.models import Application
from ..indexing.current import current_registry
from ..indexing.versions import in_use
from ..media.models import Media
from ..recognition.signature import Comparison
from ..recognition.verification import compared
from .actions import described_before, stored_descriptions
from .models import KeptQuery
from .querying import described


def compare(application: Application, kept: KeptQuery, media: Media) -> dict[str, Comparison]:
    """The comparison by each signature of the application, also where it is no hit.

    A signature is left out where it finds nothing at all between the two, or where the media is not
    described by it yet.
    """
    registry, query = current_registry(), described(kept)
    found: dict[str, Comparison] = {}
    for name in application.signatures:
        version = in_use(registry, application.described_versions, name)
        signature = registry[version].signature
        description = described_before(query, signature)
        for _, comparison in compared(signature, description, [media.id], stored_descriptions):
            found[name] = comparison
    return found
