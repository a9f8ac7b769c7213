"""A search that is overtaken by the switch to the descriptions of a new version.

Those of the former one are removed right after the switch. A search that began before it, and
compares after it, would have candidates and nothing to compare them by: it would find nothing.
"""

from collections.abc import Mapping, Sequence

from ..application.models import Application
from ..indexing.versions import in_use
from ..recognition.registered import RegisteredSignature


def has_switched(
    application: Application, names: Sequence[str], registry: Mapping[str, RegisteredSignature]
) -> bool:
    """Whether the application uses other versions by now; then `application` says which.

    Asks MongoDB only where a former version of one of these signatures serves.
    """
    before = dict(application.described_versions)
    if all(in_use(registry, before, name) == name for name in names):
        return False
    try:
        application.reload("described_versions")
    except Application.DoesNotExist:
        return False
    return before != application.described_versions
