"""What one Flask app has of this package: `app.extensions["mediadb"]`.

Its parts belong to the rooms that make them: each has a `current_…` there, which says its type.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import flask_storage

from ..application.models import Application
from ..authentication.limits import RateLimiter
from ..authentication.provider import Providers
from ..collection.smart_api import PictureRules
from ..hosts.base import Host
from ..indexing.catalogs import Catalogs
from ..jobs.workers import Jobs
from ..media.counts import Counts
from ..media.describer import Describer
from ..media.facets import Facets
from ..media.ingest import Ingest
from ..media.models import Media
from ..media.presigning import Presigner
from ..search.sent import SentPictures
from ..web.bulk_results import Outcome


@dataclass(frozen=True)
class MediaDB:
    """The host, the files and the indexes of one app."""

    host: Host
    storage: flask_storage.Storage
    presigner: Presigner | None
    catalogs: Catalogs
    new_ingest: Callable[[], Ingest]
    describer: Describer
    jobs: Jobs
    adding_to: Callable[[str], Callable[[Sequence[str]], list[Outcome]]]  # a collection
    similar_to: Callable[[Application, Media], str | None]  # what shows the same best
    picture_rules: PictureRules
    endpoint_prefix: str  # "api." where the host mounts us on a blueprint named api
    counts: Counts = field(default_factory=Counts)
    facets: Facets = field(default_factory=Facets)
    providers: Providers = field(default_factory=Providers)
    rates: RateLimiter = field(default_factory=RateLimiter)
    sent_pictures: SentPictures = field(default_factory=SentPictures)

    @property
    def ingest(self) -> Ingest:
        """What storing a picture needs, by the settings of this moment."""
        return self.new_ingest()
