"""What a request is answered that has begun a job: the job, once for each key, and where it is."""

from collections.abc import Callable

from flask import Response, after_this_request

from ..application.models import Application
from ..authorization.caller import name_of_caller
from ..web.bodies import Upload
from ..web.once import Answer, answered_once
from .api_fields import job_fields, represent
from .models import Job


def answered_with_job(application: Application, sent: Upload, begin: Callable[[], Job]) -> Answer:
    """202 and the job that `begin` gives, or that it gave to the same request before."""

    def make(_identifier: str | None) -> Answer:
        return represent([begin()])[0], 202

    answer, status = answered_once(name_of_caller(application), sent, job_fields, make)

    @after_this_request
    def name_it(response: Response) -> Response:
        response.headers["Location"] = answer["uri"]
        return response

    return answer, status
