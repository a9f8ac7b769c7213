"""The exam: edits of the library's own pictures are searched for, told, kept and compared."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from udata_mediadb.application.models import Application
from udata_mediadb.search.exam.edits import EDITS, edited
from udata_mediadb.search.exam.models import Exam
from udata_mediadb.search.exam.sitting import new_exam, sit
from udata_mediadb.search.exam.statistics import advised_min_score, drift, share_of

from ..fixtures import Tenant, new_tenant
from ..images import encoded, jpeg, photo
from ..portal import Portal
from ..waiting import eventually

SMOOTH = np.full((300, 400, 3), (120, 80, 40), np.uint8)
FEW = ("--pictures", "4", "--edits", "crop_50,mirrored", "--seed", "3")


@pytest.fixture(scope="module")
def library(portal: Portal) -> Tenant:
    tenant = new_tenant(portal)
    for seed in (51, 52, 53):
        tenant.client.add(tenant.application, jpeg(seed))
    tenant.client.add(tenant.application, encoded(SMOOTH, "PNG"))
    return tenant


def sat(portal: Portal, tenant: Tenant, *more: str) -> tuple[int, str, str]:
    done = portal.flask("exam", "--application", tenant.application, *FEW, *more)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_another_picture_and_the_same_every_time(name: str) -> None:
    pixels = photo(5)
    first, again = (edited(pixels, name, 1, 7) for _ in range(2))

    assert first.dtype == np.uint8
    assert first.shape[2] == 3
    assert (first == again).all()
    assert first.shape != pixels.shape or (first != pixels).any()


def test_the_exam_tells_recall_by_class_false_accepts_time_and_why(
    portal: Portal, library: Tenant, tmp_path: Path
) -> None:
    page = tmp_path / "exam.html"
    code, out, _ = sat(portal, library, "--json", "--html", str(page))
    exam = json.loads(out)
    result = exam["result"]

    assert code == 0
    assert (exam["pictures"], exam["of"], exam["searches"]) == (4, 4, 8)
    assert result["classes"]["crop"]["of"] == result["classes"]["turn"]["of"] == 4
    assert result["recall"]["count"] == 7  # a part of the smooth one has nothing to hold on to
    assert result["recall"]["low"] < 7 / 8 < result["recall"]["high"]
    assert [one["edit"] for one in result["missed"]] == ["crop_50"]
    assert {one["stage"] for one in result["missed"]} == {"texture"}
    assert result["false_accepts"]["count"] == 0
    assert result["latency_ms"]["median"] > 0
    assert result["advice"]["min_score"] == 0
    html = page.read_text()
    assert html.count("data:image/jpeg;base64,") == 2  # stored and sent
    assert "<script" not in html
    assert "http" not in html.replace("http-equiv", "")


def test_the_same_seed_gives_the_same_answers_and_drift_is_told(
    portal: Portal, library: Tenant
) -> None:
    answers = [json.loads(sat(portal, library, "--json")[1])["result"] for _ in range(2)]
    status = library.client.get("status/").json()["applications"]
    mine = next(one for one in status if one["id"] == library.application)["exam"]

    assert answers[0]["edits"] == answers[1]["edits"]
    assert answers[1]["drift"]["recall"] == "same"
    assert mine["recall"] == answers[1]["recall"]
    assert mine["drift"]["recall_before"] == answers[0]["recall"]["share"]


def test_it_can_stop_a_pipeline(portal: Portal, library: Tenant) -> None:
    code, out, err = sat(portal, library, "--least", "0.9")

    assert code == 3
    assert "less than 0.9" in err
    assert "found" in out
    assert sat(portal, library, "--least", "0.5")[0] == 0
    assert (
        portal.flask("exam", "--application", library.application, "--edits", "x").returncode == 1
    )


def test_an_exam_that_was_cut_off_goes_on(portal: Portal, library: Tenant) -> None:
    with portal.app.app_context():
        application = Application.objects.get(id=library.application)
        exam = new_exam(application, 4, ["mirrored"], seed=3)
        next(sit(exam, application))
        again = Exam.objects.get(id=exam.id)
        rest = list(sit(again, application))

    assert len(rest) == 3
    assert [answer[0] for answer in again.answers] == [0, 1, 2, 3]
    assert again.result["recall"]["of"] == 4


def test_an_exam_that_has_ended_is_not_compared_with_itself(
    portal: Portal, library: Tenant
) -> None:
    with portal.app.app_context():
        application = Application.objects.get(id=library.application)
        for _ in range(2):
            exam = new_exam(application, 1, ["mirrored"], seed=3)
            list(sit(exam, application))
        ended = Exam.objects.get(id=exam.id)
        assert list(sit(Exam.objects.get(id=exam.id), application)) == []
        assert Exam.objects.get(id=exam.id).result == ended.result


def test_a_copy_that_is_stored_too_is_no_false_hit(portal: Portal) -> None:
    tenant = new_tenant(portal)
    for image in (photo(54), photo(54)[20:460, 20:620]):
        tenant.client.add(tenant.application, encoded(image))
    done = portal.flask("exam", "--application", tenant.application, "--edits", "jpeg", "--json")
    assert json.loads(done.stdout)["result"]["false_accepts"]["count"] == 0


def test_it_is_a_job_that_editors_begin(portal: Portal, library: Tenant, stranger: Tenant) -> None:
    asked = {"application": library.application, "pictures": 2, "edits": ["jpeg"], "seed": 5}
    begun = library.client.post("exams/", json=asked)
    assert begun.status_code == 202, begun.text
    job = begun.json()
    exam = job["arguments"]["exam"]
    at = f"jobs/{job['id']}/"
    eventually(lambda: library.client.get(at).json()["state"] in ("done", "failed"))
    job = library.client.get(at).json()
    found: dict[str, Any] = library.client.get(f"exams/{exam}/").json()
    page = library.client.get(f"exams/{exam}/report/")
    listed = library.client.get("exams/", params={"application": library.application}).json()

    assert job["state"] == "done", job
    assert found["result"]["recall"]["of"] == found["searches"] == 2
    assert page.headers["Content-Type"].startswith("text/html")
    assert "attachment" in page.headers["Content-Disposition"]
    assert listed["data"][0]["id"] == exam
    assert stranger.client.get(f"exams/{exam}/").status_code == 404
    assert stranger.client.post("exams/", json=asked).status_code == 404
    for bad in ({"pictures": 0}, {"edits": ["x"]}, {"seed": -1}, {"wanted_rate": 2}):
        assert library.client.post("exams/", json={**asked, **bad}).status_code == 400


def test_intervals_are_wilsons() -> None:
    none, half, every = share_of(0, 100), share_of(50, 100), share_of(100, 100)

    assert (none.low, none.high) == (0, pytest.approx(0.037, abs=0.0005))
    assert (half.low, half.high) == (
        pytest.approx(0.4038, abs=1e-4),
        pytest.approx(0.5962, abs=1e-4),
    )
    assert (every.low, every.high) == (pytest.approx(0.963, abs=0.0005), 1)
    assert (share_of(0, 0).low, share_of(0, 0).high) == (0, 1)
    assert drift(share_of(50, 100), share_of(90, 100)) == "worse"
    assert drift(share_of(89, 100), share_of(90, 100)) == "same"
    assert drift(share_of(990, 1000), share_of(900, 1000)) == "better"


def test_advice_cuts_as_much_as_is_wanted() -> None:
    false, right = [0.52, 0.61, 0.7, 0.83], [0.6, 0.9, 0.95, 0.99]
    advice = advised_min_score(false, right, 1000, 0.002)

    assert advice["min_score"] == 0.6101
    assert advice["false_accepts"]["count"] == 2
    assert advice["right_hits_kept"]["count"] == 3
    assert advice["low"] == 0 <= advice["min_score"]
    assert advice["high"] is None  # a thousand searches cannot tell one in five hundred so surely
    assert advised_min_score([], right, 4000, 0.001) | {
        "false_accepts": 0,
        "right_hits_kept": 0,
    } == {
        "wanted_rate": 0.001,
        "min_score": 0.0,
        "low": 0.0,
        "high": 0.0,
        "false_accepts": 0,
        "right_hits_kept": 0,
    }
