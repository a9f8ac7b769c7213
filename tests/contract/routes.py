"""Every route with its methods, and paths in a tenant's own library for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from udata_mediadb.jobs.queue import enqueue
from udata_mediadb.operations.imports import uploads
from udata_mediadb.search.duplicates.models import DuplicateGroup
from udata_mediadb.search.exam.models import Exam
from udata_mediadb.web.namespace import ns

from ..fixtures import Tenant
from ..images import jpeg
from ..paused_jobs import paused_job


@dataclass(frozen=True)
class Route:
    """One method of one route; `path` has names in braces."""

    verb: str
    path: str
    endpoint: str

    def __str__(self) -> str:
        return f"{self.verb} {self.path}"


def every_route() -> list[Route]:
    found = []
    for resource, urls, _doc, options in ns.resources:
        for url in urls:
            parts = [
                f"{{{part.rstrip('>').split(':')[-1]}}}" if part.startswith("<") else part
                for part in url.strip("/").split("/")
            ]
            path = "/".join(parts) + ("/" if url.endswith("/") else "")
            endpoint = options.get("endpoint", "")
            found += [Route(verb, path, endpoint) for verb in sorted(resource.methods)]
    return found


def library(tenant: Tenant) -> Mapping[str, str]:
    """One of each object; the id of each by its name in paths."""
    client, application = tenant.client, tenant.application
    media = client.add(application, jpeg(1), name="A bridge")["id"]
    client.put(f"media/{media}/file/", files={"image": jpeg(2)})
    earlier = client.get(f"media/{media}/versions/").json()["data"][0]["id"]
    named = {"application": application, "name": "Bridges"}
    collection = client.post("collections/", json=named).json()["id"]
    smart = client.post("smart_collections/", json={**named, "query": {"keywords": ["x"]}})
    kept = client.post("queries/", data={"application": application}, files={"image": jpeg(1)})
    return {
        "group": DuplicateGroup(id=uuid4().hex, application=application, kind="same").save().id,
        "watch": client.post("watches/", json={**named, "event": "use"}).json()["id"],
        "exam": Exam(id=uuid4().hex, application=application, seed=1, signature="match").save().id,
        "import": paused_job("import", application),
        "upload": uploads.begin(application, 10, None).id,
        "job": enqueue("for-contracts", application=application).id,
        "query": kept.json()["id"],
        "application": application,
        "media": media,
        "version": earlier,
        "collection": collection,
        "smart": smart.json()["id"],
        "key": "public",
        "kind": "media",
    }


def filled(route: Route, ids: Mapping[str, str]) -> str:
    smart = route.path.startswith("smart_collections/")
    return route.path.format(**{**ids, "collection": ids["smart" if smart else "collection"]})
