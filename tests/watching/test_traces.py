"""A request and its stages as spans, sent to a collector that speaks OTLP over HTTP."""

import secrets
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from ..fixtures import new_tenant
from ..images import jpeg
from ..portal import running_portal
from ..waiting import eventually

wire = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(ThreadingHTTPServer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[Any] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sent = wire.ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += scope.spans
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


def parents(collector: Collector) -> bool:
    return any(one.parent_span_id.hex() == PARENT for one in collector.spans)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_search_is_a_span_within_that_of_the_caller_and_its_stages_are_within_it(
    collector: Collector, mongodb_uri: str, tmp_path: Path
) -> None:
    name = f"mediadb_test_{secrets.token_hex(6)}"
    with running_portal(
        f"{mongodb_uri.rstrip('/')}/{name}",
        tmp_path / "files",
        workers=1,
        TEST_SETTINGS='{"MEDIADB_TRACES": true}',
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_EXPORTER_OTLP_COMPRESSION="none",
        OTEL_BSP_SCHEDULE_DELAY="100",
    ) as portal:
        tenant = new_tenant(portal)
        tenant.client.add(tenant.application, jpeg(1))
        answer = tenant.client.post(
            "search/",
            data={"application": tenant.application},
            files={"image": jpeg(1)},
            headers={"traceparent": f"00-{TRACE}-{PARENT}-01"},
        )
        eventually(lambda: parents(collector))
    with MongoClient(mongodb_uri) as client:
        client.drop_database(name)

    (root,) = [one for one in collector.spans if one.parent_span_id.hex() == PARENT]
    within = [one for one in collector.spans if one.trace_id.hex() == TRACE and one is not root]
    assert root.name == "POST /api/1/mediadb/search/"
    told = {one.key: one.value for one in root.attributes}
    assert told["http.response.status_code"].int_value == 200
    assert told["mediadb.request_id"].string_value == answer.headers["X-Request-ID"]
    names = {one.name for one in within}
    assert {"decode", "describe:match", "shortlist:match", "verify:match", "media"} <= names
    (shortlist,) = [one for one in within if one.name == "shortlist:match"]
    (verify,) = [one for one in within if one.name == "verify:match"]
    assert shortlist.parent_span_id == verify.span_id
