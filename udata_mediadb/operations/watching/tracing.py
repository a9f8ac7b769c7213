"""Traces by OpenTelemetry, with `[trace]` installed and MEDIADB_TRACES on.

A request is a span, within that of the caller where it names one (`traceparent`), and each stage of
it another one. Where they are sent is said by OpenTelemetry's own variables
(OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME), unless the portal has set up tracing itself.
"""

from contextlib import ExitStack
from functools import cache

from flask import Flask, Response, g, request

from ...errors import Misconfigured
from ...web.stages import begin_stages

try:
    from opentelemetry import propagate, trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
except ImportError:  # the extra is not installed
    _IS_INSTALLED = False
else:
    _IS_INSTALLED = True


def trace_requests(app: Flask) -> None:
    """Trace what is watched (`watch_requests`, which comes first)."""
    if not app.config["MEDIADB_TRACES"]:
        return
    if not _IS_INSTALLED:
        raise Misconfigured("MEDIADB_TRACES needs: pip install 'udata-mediadb[trace]'")

    def begin() -> None:
        if "mediadb_request_id" not in g:
            return
        g.mediadb_span = ExitStack()
        route = request.url_rule.rule if request.url_rule is not None else "unknown"
        span = _tracer().start_as_current_span(
            f"{request.method} {route}",
            context=propagate.extract({name.lower(): value for name, value in request.headers}),
            kind=trace.SpanKind.SERVER,
            attributes={
                "http.request.method": request.method,
                "http.route": route,
                "mediadb.request_id": g.mediadb_request_id,
            },
        )
        g.mediadb_span.enter_context(span)
        begin_stages(_tracer().start_as_current_span)

    def note(response: Response) -> Response:
        if "mediadb_span" in g:
            trace.get_current_span().set_attribute(
                "http.response.status_code", response.status_code
            )
        return response

    def end(_exc: BaseException | None) -> None:
        if "mediadb_span" in g:
            g.mediadb_span.close()

    app.before_request(begin)
    app.after_request(note)
    app.teardown_request(end)


@cache
def _tracer() -> "trace.Tracer":
    """Made in the worker, not before it is forked: what sends the spans is a thread."""
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(provider)
    return trace.get_tracer("udata_mediadb")
