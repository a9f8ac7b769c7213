"""The answers of an exam -> recall by class, false accepts, latency, what was missed, advice."""

from collections import Counter, defaultdict
from dataclasses import asdict
from typing import Any

import numpy as np

from .edits import EDITS
from .models import Exam
from .statistics import Share, advised_min_score, drift, share_of

MISSED_SHOWN = 100


def result_of(exam: Exam, before: Exam | None) -> dict[str, Any]:
    """What follows from the answers, ready for JSON; `before`: the exam to compare it with."""
    answers = [answer for answer in exam.answers if answer[1]]
    found = [answer for answer in answers if answer[2]]
    false = [float(answer[4]) for answer in answers if answer[4] is not None]
    recall = share_of(len(found), len(answers))
    wrong = share_of(len(false), len(answers))
    scores = [float(answer[3]) for answer in found]
    return {
        "recall": asdict(recall),
        "classes": _by(answers, group=True),
        "edits": _by(answers, group=False),
        "false_accepts": asdict(wrong),
        "latency_ms": _latency([float(answer[5]) for answer in answers]),
        "missed": _missed(exam, answers),
        "stages": dict(Counter(a[6] for a in answers if not a[2] and a[6]).most_common()),
        "false": _false(exam, answers),
        "advice": advised_min_score(false, scores, len(answers), round(1 / exam.wanted_rate, 9)),
        "drift": _drift(recall, wrong, before),
    }


def _by(answers: list[Any], *, group: bool) -> dict[str, Any]:
    tally: dict[str, list[bool]] = defaultdict(list)
    for answer in answers:
        tally[EDITS[answer[1]].group if group else answer[1]].append(bool(answer[2]))
    return {name: asdict(share_of(sum(some), len(some))) for name, some in tally.items()}


def _latency(taken: list[float]) -> dict[str, float]:
    if not taken:
        return {}
    return {
        name: round(float(np.percentile(taken, percent)), 1)
        for name, percent in (("median", 50), ("p95", 95), ("max", 100))
    }


def _missed(exam: Exam, answers: list[Any]) -> list[dict[str, Any]]:
    missed = [answer for answer in answers if not answer[2]][:MISSED_SHOWN]
    return [{"media": exam.media[a[0]], "edit": a[1], "stage": a[6]} for a in missed]


def _false(exam: Exam, answers: list[Any]) -> list[dict[str, Any]]:
    """The worst first."""
    false = sorted((a for a in answers if a[4] is not None), key=lambda a: -a[4])[:MISSED_SHOWN]
    return [{"media": exam.media[a[0]], "edit": a[1], "found": a[7], "score": a[4]} for a in false]


def _drift(recall: Share, wrong: Share, before: Exam | None) -> dict[str, Any] | None:
    if before is None:
        return None
    former_recall = Share(**before.result["recall"])
    former_wrong = Share(**before.result["false_accepts"])
    turned = {"better": "worse", "worse": "better", "same": "same"}
    return {
        "since": before.ended_at.isoformat(),
        "recall": drift(recall, former_recall),
        "recall_before": former_recall.share,
        "false_accepts": turned[drift(wrong, former_wrong)],
        "false_accepts_before": former_wrong.share,
    }
