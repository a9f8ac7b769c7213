"""What the browser looks at: a public library with pictures of strangers, and a private one."""

import io
import zipfile
from dataclasses import dataclass
from uuid import uuid4

import requests

from udata_mediadb.jobs.kinds import Failure
from udata_mediadb.jobs.models import DONE, PAUSED, Job
from udata_mediadb.jobs.queue import keep_failures
from udata_mediadb.mongo.clock import now

from ..auth.local import tenant_with_password
from ..fixtures import Tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal
from ..waiting import eventually

SEEDS = range(140, 150)
HOSTILE = (
    '<img src=x onerror=alert(1)> "><script>alert(2)</script> \u202egnp.exe\u202c 🦆 ' + "x" * 300
)


@dataclass(frozen=True)
class World:
    """`pages`: the address of every page, by a name; those in `private` need the owner."""

    owner: Tenant
    stranger: Tenant
    pages: dict[str, str]

    @property
    def library(self) -> str:
        return self.owner.application

    def with_twins(self, count: int) -> str:
        """A library of the owner's in which so many pictures are there twice."""
        made = self.owner.client.post("applications/", json={"name": "Twins"})
        library = _created(made)
        for seed in range(300, 300 + count):
            for quality in (92, 60):
                picture = encoded(photo(seed), quality=quality)
                self.owner.client.add(library, picture, name=f"twin {seed} at {quality}")
        return library


def new_world(portal: Portal) -> World:
    owner = tenant_with_password(
        portal, name="City archive", public=True, signatures=["match", "similarity", "colors"]
    )
    stranger = tenant_with_password(portal, name="Somebody else's")
    stranger.client.add(stranger.application, jpeg(180), name="a secret")
    for seed in SEEDS:
        owner.client.add(
            owner.application,
            jpeg(seed),
            name=f"picture {seed}",
            keywords="bridge" if seed % 2 else "river",
            metadata=f'{{"year": {1900 + 10 * (seed - 140)}}}',
        )
    owner.client.add(owner.application, jpeg(151), name=HOSTILE, keywords=HOSTILE[:80])
    return World(owner, stranger, {**_pages(owner), **_deleted(owner), **_changes(portal, owner)})


def part(seed: int) -> bytes:
    """A part of a stored picture."""
    return encoded(photo(seed)[60:420, 100:560])


def _pages(owner: Tenant) -> dict[str, str]:
    client, app = owner.client, owner.application
    media = client.get("media/", params={"application": app, "q": "141"}).json()["data"][0]["id"]
    hostile = client.get("media/", params={"application": app, "q": "onerror"}).json()["data"][0]
    outer = _created(client.post("collections/", json={"application": app, "name": HOSTILE}))
    inner = {"application": app, "name": "Bridges", "parent": outer}
    held = _created(client.post("collections/", json=inner))
    client.post(f"collections/{held}/media/", json={"media": [media, hostile["id"]]})
    rules = {"application": app, "name": "Early", "query": {"and": [{"keywords": ["bridge"]}]}}
    smart = _created(client.post("smart_collections/", json=rules))
    own = f"/mediadb/{app}"
    checked, imported, paused = _imports(owner)
    rule = "how=all&field=keyword&operation=is&value=bridge"
    return {
        "pictures": f"{own}/",
        "narrowed": f"{own}/?q=picture&keyword=bridge&sort=name",
        "nothing": f"{own}/?q=nowhere&keyword=bridge",
        "ways": f"{own}/?narrow=more&color=blue&metadata.year.gte=1910",
        "removed": f"{own}/?changed=3&sort=name",
        "by colours": f"{own}/colours",
        "in colours": f"{own}/colours?color=%232a5fb0&share=40&color=white&share=10",
        "in a list": f"{own}/{media}?sort=name&at=2",
        "picture": f"{own}/{media}",
        "hostile": f"{own}/{hostile['id']}",
        "search": "/mediadb/search",
        "collections": f"{own}/collections/",
        "collection": f"{own}/collections/{held}",
        "smart": f"{own}/smart/{smart}",
        "builder": f"{own}/smart/new?{rule}",
        "rules": f"{own}/smart/{smart}/rules",
        "applications": "/mediadb/applications/",
        "keys": f"{own}/keys",
        "add": f"{own}/add",
        "edit": f"{own}/{hostile['id']}/edit",
        "duplicates": f"{own}/duplicates",
        "import": f"{own}/import",
        "checked": f"{own}/imports/{checked}",
        "imported": f"{own}/imports/{imported}",
        "paused": f"{own}/imports/{paused}",
        "status": "/mediadb/status",
        "about": "/mediadb/about",
        "accessibility": "/mediadb/accessibility",
        "sign-out": "/mediadb/sign-out",
        "missing": f"{own}/nothing-of-the-kind",
    }


def _deleted(owner: Tenant) -> dict[str, str]:
    own = f"/mediadb/{owner.application}/deleted"
    for seed, name in ((152, "not wanted"), (153, HOSTILE)):
        media = owner.client.add(owner.application, jpeg(seed), name=name)["id"]
        owner.client.delete(f"media/{media}/")
    gone = f"/mediadb/{owner.application}/{media}"
    return {"deleted": own, "removing": f"{own}/remove?ids={media}", "gone": gone}


def _changes(portal: Portal, owner: Tenant) -> dict[str, str]:
    """A change of many that somebody paused, and one that has ended."""
    with portal.app.app_context():
        told = {"at": now().isoformat(), "_wanted": "{}"}
        own = {"kind": "media-change", "application": owner.application, "total": 5000}
        paused = Job(id=uuid4().hex, state=PAUSED, done=1200, arguments={"do": "change", **told})
        ended = Job(id=uuid4().hex, state=DONE, done=5000, arguments={"do": "delete", **told})
        for job in (paused, ended):
            for name, value in own.items():
                setattr(job, name, value)
            job.save(force_insert=True)
        keep_failures(ended.id, [Failure(HOSTILE, "This media has been deleted")])
        ids = {"changing": paused.id, "changed": ended.id}
    return {name: f"/mediadb/{owner.application}/changes/{job}" for name, job in ids.items()}


def _imports(owner: Tenant) -> list[str]:
    """One that was checked, one that has ended with what went wrong, and one that was paused."""
    begun = []
    names = ("checked.zip", "imported.zip", "paused.zip")
    for name, count in zip(names, (2, 2, 90), strict=True):
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for number in range(count):
                archive.writestr(f"{HOSTILE[:80]}/{number}.jpg", jpeg(151) if number else b"no")
        told = {"application": owner.application, "dry_run": str(name != names[1]).lower()}
        answer = owner.client.post("imports/", data=told, files={"file": (name, made.getvalue())})
        begun.append(str(answer.json()["id"]))
    owner.client.patch(f"jobs/{begun[2]}/", json={"action": "pause"})
    for one in begun[:2]:
        eventually(lambda one=one: owner.client.get(f"jobs/{one}/").json()["ended_at"])  # type: ignore[misc]
    return begun


def _created(answer: requests.Response) -> str:
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
