"""Routes of exams, udata dialect."""

from typing import Any

from flask import Response, request
from flask_restx import Model, fields

from ...application.models import Application
from ...authorization.caller import (
    acting_user,
    find_application,
    require_active,
    require_allowed,
    require_application,
    require_caller,
)
from ...authorization.resource import MediaDBResource
from ...errors import Conflict, NotFound
from ...jobs.api_fields import job_fields
from ...jobs.api_fields import represent as represent_jobs
from ...web.arguments import Argument, readers
from ...web.bodies import read_object
from ...web.declaring import takes
from ...web.namespace import SECURITY, ns
from ...web.page_arguments import PAGE_ARGUMENTS
from ...web.page_fields import FREE, nullable, page_answer, page_model, requested_page, shaped
from ...web.pages import Page
from ...web.readers import number_of, positive_number, read_properties, read_texts
from .job import start_exam
from .models import Exam
from .report import as_html, as_json, as_text
from .sitting import PICTURES, new_exam

FORMATS = ("html", "text")
PICTURES_MAX = 2000  # forty thousand searches: an hour and a half


def _read_count(value: Any) -> int:
    count = positive_number(value)
    if count is None or count > PICTURES_MAX:
        raise ValueError(f"1 to {PICTURES_MAX}")
    return count


def _read_seed(value: Any) -> int:
    seed = positive_number(value)
    if seed is None:
        raise ValueError("a whole number from 1")
    return seed


def _read_rate(value: Any) -> float:
    rate = number_of(value)
    if rate is None or not 0 < rate < 1:
        raise ValueError("a share between 0 and 1")
    return rate


def _read_format(value: Any) -> str:
    if value not in FORMATS:
        raise ValueError(f"one of {', '.join(FORMATS)}")
    return str(value)


APPLICATION = Argument("application", "the application's id; default: your only one")
SITTING = (
    APPLICATION,
    Argument(
        "pictures",
        "how many of its pictures are drawn",
        "integer",
        read=_read_count,
        schema={"minimum": 1, "maximum": PICTURES_MAX, "default": PICTURES},
    ),
    Argument(
        "edits",
        "names of edits, or of their classes crop, edit, turn, scene, screenshot; default: all",
        "array",
        read=read_texts,
        schema={"items": {"type": "string"}, "example": ["crop", "mirrored"]},
    ),
    Argument(
        "seed",
        "the same seed draws and edits the same",
        "integer",
        read=_read_seed,
        schema={"minimum": 1, "default": 1},
    ),
    Argument(
        "wanted_rate",
        "share of searches that may show a false hit, for the advice",
        "number",
        read=_read_rate,
        schema={"default": 0.001},
    ),
)
IN_PATH = Argument("exam", "the exam's id")
FORMAT = Argument(
    "format",
    "`html`: one file with pictures; `text`: lines for a terminal",
    read=_read_format,
    schema={"enum": [*FORMATS], "default": "html"},
)
exam_fields = Model(
    "MediaDBExam",
    {
        "id": fields.String,
        "application": fields.String,
        "signature": fields.String(description="What was examined, with its version"),
        "seed": fields.Integer,
        "pictures": fields.Integer(description="How many were drawn"),
        "of": fields.Integer(description="How many there were"),
        "searches": fields.Integer(description="So far"),
        "created_at": fields.DateTime,
        "ended_at": nullable(fields.DateTime),
        "result": shaped(FREE, description="See how-to/is-the-search-good-enough.md"),
    },
)
exam_page_fields = page_model("MediaDBExamPage", exam_fields)
for _model in (exam_fields, exam_page_fields):
    ns.add_model(_model.name, _model)


@ns.route("/exams/", endpoint="mediadb_exams")
class ExamListAPI(MediaDBResource):
    """Is the search good enough for these pictures?"""

    @takes(query=(APPLICATION, *PAGE_ARGUMENTS), errors=(403, 404))
    @ns.doc("list_mediadb_exams", security=SECURITY)
    @ns.marshal_with(exam_page_fields)
    def get(self) -> dict[str, Any]:
        """List the exams of an application, newest first."""
        application = require_application("edit", request.args.get("application"))
        wanted = requested_page()
        found = Exam.objects(application=application.id).order_by("-created_at", "-id")
        items = list(found.exclude("answers").skip(wanted.offset).limit(wanted.page_size))
        page = Page(items, wanted, found.count())
        return page_answer(page, [as_json(one) for one in items])

    @takes(body=SITTING, errors=(403, 404, 423))
    @ns.doc("start_mediadb_exam", security=SECURITY)
    @ns.marshal_with(job_fields, code=202)
    def post(self) -> tuple[dict[str, Any], int]:
        """Begin one; the job says how far it is, and `result.exam` is its id."""
        require_caller()
        sent = read_object()
        application = require_application("edit", sent.get("application"))
        require_active(application)
        exam = new_exam(application, **read_properties(sent, readers(*SITTING[1:])))
        job = start_exam(exam, acting_user(application))
        return represent_jobs([job])[0], 202


@ns.route("/exams/<string:exam>/", endpoint="mediadb_exam")
class ExamAPI(MediaDBResource):
    """One exam."""

    @takes(path=(IN_PATH,), errors=(403, 404))
    @ns.doc("get_mediadb_exam", security=SECURITY)
    @ns.marshal_with(exam_fields)
    def get(self, exam: str) -> dict[str, Any]:
        """Recall by class, false accepts, latency, what was missed and why, and advice."""
        return as_json(_found(exam)[0])


@ns.route("/exams/<string:exam>/report/", endpoint="mediadb_exam_report")
class ExamReportAPI(MediaDBResource):
    """One exam for people."""

    @takes(path=(IN_PATH,), query=(FORMAT,), errors=(403, 404, 409))
    @ns.doc("get_mediadb_exam_report", security=SECURITY, produces=["text/html", "text/plain"])
    def get(self, exam: str) -> Response:
        """One HTML file with pictures, or its figures as text; 409 while the exam is being sat."""
        found, application = _found(exam)
        asked = read_properties(request.args, readers(FORMAT))
        if found.ended_at is None:
            raise Conflict("The exam has not ended yet.")
        if asked.get("format") == "text":
            return Response(f"{as_text(found, application.name)}\n", mimetype="text/plain")
        response = Response(as_html(found, application.name), mimetype="text/html")
        response.headers["Content-Disposition"] = f'attachment; filename="exam-{found.id}.html"'
        return response


def _found(identifier: str) -> tuple[Exam, Application]:
    require_caller()
    missing = NotFound(f"There is no exam {identifier!r:.60}.")
    exam = Exam.objects(id=identifier[:64]).exclude("answers").first()
    if exam is None:
        raise missing
    application = find_application(exam.application)
    require_allowed("edit", application, missing)
    return exam, application
