"""How long the stages of a request take, for metrics, slow searches in the log, and traces.

A stage within another one counts for itself: the times of a request's stages add up to its own.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field

from flask import g, has_request_context

Span = Callable[[str], AbstractContextManager[object]]


def _no_span(name: str) -> AbstractContextManager[object]:
    return nullcontext()


@dataclass
class Stages:
    """Of one request. `seconds`: by stage, in the order in which they first began.

    `span`: what else is to know when a stage begins and ends (tracing).
    """

    seconds: dict[str, float] = field(default_factory=dict)
    span: Span = _no_span
    within: list[float] = field(default_factory=list)  # seconds of the stages within each open one

    @contextmanager
    def measured(self, name: str) -> Iterator[None]:
        """Add the time inside to this stage."""
        self.seconds.setdefault(name, 0.0)
        self.within.append(0.0)
        start = time.perf_counter()
        try:
            with self.span(name):
                yield
        finally:
            took = time.perf_counter() - start
            self.seconds[name] += took - self.within.pop()
            if self.within:
                self.within[-1] += took


def begin_stages(span: Span = _no_span) -> None:
    """Measure the stages of this request."""
    g.mediadb_stages = Stages(span=span)


def stages_of_request() -> dict[str, float]:
    """Seconds by stage, of the request that is being answered."""
    stages: Stages | None = g.get("mediadb_stages")
    return {} if stages is None else stages.seconds


def stage(name: str) -> AbstractContextManager[None]:
    """Measure what is done inside as this stage of the request; nothing outside of one."""
    stages: Stages | None = g.get("mediadb_stages") if has_request_context() else None
    return nullcontext() if stages is None else stages.measured(name)
