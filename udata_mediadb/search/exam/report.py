"""An exam for people: as text, and as one HTML file with pictures."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
from jinja2 import Environment

from ...errors import MediaDBError
from ...media.models import Media
from ...web.readers import plain
from ..querying import decode_media
from .edits import Pixels, edited
from .models import Exam

_TEMPLATE = Path(__file__).with_name("exam.html")
_SIDE_PX = 180  # of the pictures in the file
_SHOWN = 24  # missed, and false hits, with pictures


def as_json(exam: Exam) -> dict[str, Any]:
    """What the routes and `--json` give."""
    return {
        "id": exam.id,
        "application": exam.application,
        "signature": exam.signature,
        "seed": exam.seed,
        "pictures": len(exam.media),
        "of": exam.total,
        "searches": exam.result["recall"]["of"] if exam.result else len(exam.answers),
        "created_at": exam.created_at,
        "ended_at": exam.ended_at,
        "result": plain(exam.result),
    }


def as_text(exam: Exam, name: str) -> str:
    """The results in lines, for a terminal."""
    result = exam.result
    lines = [
        f"Exam of {name}: {len(exam.media)} of {exam.total} pictures, "
        f"{result['recall']['of']} searches, seed {exam.seed}",
        f"found            {_percent(result['recall'])}",
        *(f"  {group:14} {_percent(one)}" for group, one in result["classes"].items()),
        f"false accepts    {_percent(result['false_accepts'])}",
    ]
    if result["latency_ms"]:
        times = result["latency_ms"]
        lines.append(f"a search takes   {times['median']} ms, one of twenty over {times['p95']} ms")
    if result["stages"]:
        lost = ", ".join(f"{count} {stage}" for stage, count in result["stages"].items())
        lines.append(f"lost at          {lost}")
    return "\n".join([*lines, _advice(result["advice"]), _drift(result["drift"])])


def as_html(exam: Exam, name: str) -> str:
    """One file with pictures in it: nothing is fetched from anywhere."""
    page = Environment(autoescape=True).from_string(_TEMPLATE.read_text())
    return page.render(
        exam=exam,
        name=name,
        result=exam.result,
        percent=_percent,
        advice=_advice(exam.result["advice"]),
        drift=_drift(exam.result["drift"]),
        missed=[_with_pictures(exam, one) for one in exam.result["missed"][:_SHOWN]],
        false=[_with_pictures(exam, one) for one in exam.result["false"][:_SHOWN]],
    )


def _percent(one: Mapping[str, Any]) -> str:
    return (
        f"{one['share']:7.2%}  ({one['count']} of {one['of']}; "
        f"95 % between {one['low']:.2%} and {one['high']:.2%})"
    )


def _advice(advice: Mapping[str, Any]) -> str:
    wanted = f"For at most {advice['wanted_rate']:.2%} searches with a false hit"
    if advice["min_score"] is None:
        return f"{wanted} no min_score is enough: look at the false hits."
    sure = (
        "more pictures are needed to be sure of it"
        if advice["high"] is None
        else f"between {advice['low'] or 0:.4f} and {advice['high']:.4f} at 95 %"
    )
    kept = advice["right_hits_kept"]["share"]
    return (
        f"{wanted}: min_score={advice['min_score']:.4f} ({sure}); it keeps {kept:.2%} of the hits."
    )


def _drift(drift: Mapping[str, Any] | None) -> str:
    if drift is None:
        return "There is no exam before this one."
    return (
        f"Since {drift['since'][:10]}: found {drift['recall']} "
        f"({drift['recall_before']:.2%} then), false accepts {drift['false_accepts']} "
        f"({drift['false_accepts_before']:.2%} then)."
    )


def _with_pictures(exam: Exam, one: Mapping[str, Any]) -> dict[str, Any]:
    number = exam.media.index(one["media"])
    whole = _pixels(one["media"])
    shown = {
        "original": whole,
        "sent": None if whole is None else edited(whole, one["edit"], exam.seed, number),
        "hit": _pixels(one["found"]) if one.get("found") else None,
    }
    return {**one, "pictures": {name: _inline(p) for name, p in shown.items() if p is not None}}


def _pixels(identifier: str) -> Pixels | None:
    media = Media.objects(id=identifier).first()
    try:
        return None if media is None else decode_media(media).pixels
    except MediaDBError:
        return None


def _inline(pixels: Pixels) -> str:
    scale = _SIDE_PX / max(pixels.shape[:2])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()
