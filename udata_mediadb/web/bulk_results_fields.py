"""How the results of a list of ids look on the wire of the udata dialect."""

from collections.abc import Sequence
from typing import Any

from flask_restx import Model, fields

from .bulk_results import Outcome, overall_status

outcome_fields = Model(
    "MediaDBOutcome",
    {
        "id": fields.String,
        "status": fields.Integer(description="An HTTP status for this id alone"),
        "message": fields.String,
    },
)
outcomes_fields = Model(
    "MediaDBOutcomes",
    {
        "results": fields.List(fields.Nested(outcome_fields)),
        "status": fields.Integer(description="200; 207 where some failed"),
        "message": fields.String,
    },
)

SOME_FAILED = {207: ("Some failed", outcomes_fields)}


def represent_outcomes(outcomes: Sequence[Outcome]) -> tuple[dict[str, Any], int]:
    """What became of each id, and the status of the whole."""
    status = overall_status(outcomes)
    done = sum(outcome.status < 400 for outcome in outcomes)
    results = [{"id": o.id, "status": o.status, "message": o.message} for o in outcomes]
    return {"results": results, "status": status, "message": f"{done} of {len(outcomes)}"}, status
