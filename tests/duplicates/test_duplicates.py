"""Duplicates over HTTP: found by a scan, followed afterwards, merged, linked, kept, dismissed."""

from udata_mediadb.jobs.workers import current_jobs

from ..images import encoded, jpeg, photo
from ..portal_here import PortalHere
from ..signatures.test_equal_parts import month
from .groups import HEIGHT, WIDTH, copy_of, crop_of, groups, members, scan, work


def test_a_scan_finds_each_kind_and_hands_on_the_same_only(here: PortalHere) -> None:
    first, twin = (here.add(jpeg(1))["id"] for _ in range(2))
    small = here.add(copy_of(1))["id"]
    whole, part = here.add(jpeg(2))["id"], here.add(crop_of(2))["id"]
    bytes_only = {here.add(jpeg(3, 20, 20))["id"] for _ in range(2)}
    here.add(jpeg(4))

    job = scan(here)

    assert (job["total"], job["done"]) == (8, 8)
    found = {group["kind"]: group for group in groups(here)}
    assert set(found) == {"same_bytes", "same", "part"}
    assert len(groups(here)) == 3 == job["result"]["groups"]
    assert members(found["same"]) == {first, twin, small}
    assert members(found["same_bytes"]) == bytes_only
    assert (members(found["part"]), found["part"]["whole"]) == ({whole, part}, whole)
    (pair,) = found["part"]["pairs"]
    assert pair["relation"] == ("crop_of" if pair["one"] == part else "has_crop")
    assert pair["proof"]["decision"] == "match"
    assert found["same"]["suggestion"] == {"action": "merge", "keep": first}
    assert found["part"]["suggestion"]["action"] == "link"
    counts = here.get("duplicates/").json
    assert counts["counts"]["open"] == {"same_bytes": 1, "same": 1, "part": 1, "alike": 0}
    assert counts["scanned_at"] and counts["job"] == job["id"]


def test_two_forms_are_no_duplicates_and_a_copy_of_one_is(here: PortalHere) -> None:
    february, march = month("February", 6, 28), month("March", 6, 31)
    forms = [here.add(encoded(drawn, "PNG"))["id"] for drawn in (february, march)]
    copy = here.add(encoded(february, "JPEG", quality=40))["id"]

    scan(here)

    assert [members(one) for one in groups(here) if one["kind"] != "alike"] == [{forms[0], copy}]


def test_a_new_media_joins_by_its_own_search(here: PortalHere) -> None:
    first = here.add(jpeg(1))["id"]
    scan(here)
    assert groups(here) == []

    second = here.add(copy_of(1))["id"]
    work(here)
    assert [members(one) for one in groups(here)] == [{first, second}]
    third = here.add(copy_of(1, quality=80))["id"]
    work(here)
    assert [members(one) for one in groups(here)] == [{first, second, third}]

    here.delete(f"media/{first}/")
    work(here)
    assert [members(one) for one in groups(here)] == [{second, third}]
    here.post(f"media/{first}/restore/")
    work(here)
    assert [members(one) for one in groups(here)] == [{first, second, third}]
    assert here.get("jobs/").json["total"] == 1, "what follows new media is not kept"


def test_a_scan_that_was_cut_off_goes_on(here: PortalHere) -> None:
    for seed in range(20):
        here.add(jpeg(seed % 10, 320, 240))
    answer = here.post("duplicates/scan/", json={"application": here.application}).json
    again = here.post("duplicates/scan/", json={"application": here.application}).json
    assert answer["id"] == again["id"], "one scan of an application at a time"

    with here.app.app_context():
        jobs = current_jobs()
        jobs.runner.stopping.set()  # as SIGTERM does: after the first step
        jobs.runner.run_one()
        half = here.get(f"jobs/{answer['id']}/").json
        jobs.runner.stopping.clear()
    assert (half["state"], half["done"]) == ("queued", 16)
    work(here)

    done = here.get(f"jobs/{answer['id']}/").json
    assert (done["state"], done["done"]) == ("done", 20)
    assert len(groups(here)) == 10


def test_the_same_scene_in_another_light_is_not_to_be_merged(here: PortalHere) -> None:
    here.add(jpeg(1))
    here.add(encoded((photo(1, WIDTH, HEIGHT) * 0.35).astype("uint8")))
    scan(here)

    assert {one["suggestion"]["action"] for one in groups(here)} == {"link"}
