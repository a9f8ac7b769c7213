"""The exam that is sat now and then, to see whether the search drifts."""

from ..application.models import Application
from ..jobs.models import Job
from ..jobs.queue import enqueue
from ..search.exam.job import EXAM, start_exam
from ..search.exam.models import Exam
from ..search.exam.sitting import new_exam


def start_scheduled(application: Application, *, pictures: int, seed: int) -> Job:
    """Begin one, or the job that is at the last one: a process that died may have left it.

    The same seed, and as few changes of the library as there were, make exams comparable.
    """
    only_one = f"{EXAM.name} {application.id} scheduled"
    there: Job | None = Job.objects(only_one=only_one).first()
    if there is not None:
        return there
    exam = new_exam(application, pictures, seed=seed)
    return start_exam(exam, None, enqueue, only_one)


def has_worsened(exam: Exam) -> bool:
    """Whether more than chance speaks for it, since the exam before."""
    drift = exam.result["drift"] or {}
    return "worse" in (drift.get("recall"), drift.get("false_accepts"))


def exam_line(exam: Exam, name: str) -> str:
    """What it found, in a sentence."""
    recall, wrong, drift = (exam.result[one] for one in ("recall", "false_accepts", "drift"))
    line = (
        f"{name}: {recall['share']:.2%} of {recall['of']} searches found "
        f"(95 % between {recall['low']:.2%} and {recall['high']:.2%}), "
        f"{wrong['count']} had a false hit"
    )
    if drift is None:
        return line
    return (
        f"{line}; since {drift['since'][:10]} found {drift['recall']}, "
        f"false hits {drift['false_accepts']}"
    )
