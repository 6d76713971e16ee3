"""OpenTelemetry's instrumentation of urllib3 sees each request below the span of whoever asked for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from leangraph import GraphClient, Request, Settings, fan_out


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    instrumentor = URLLib3Instrumentor()
    instrumentor.instrument(tracer_provider=provider)
    yield exporter
    instrumentor.uninstrument()


@pytest.fixture
def tracer() -> trace.Tracer:
    return TracerProvider().get_tracer("test")


def batch(graph: GraphClient, _: Settings) -> int:
    path = f"/users/{graph.users.list(select='id').first()['id']}"
    return len(graph.batch(Request("PATCH", path, {"city": f"{n}"}) for n in range(150)).all())


def pages(graph: GraphClient, _: Settings) -> int:
    users = graph.users.list(top=5)
    users._clock = iter(range(1000)).__next__  # type: ignore[assignment]  # every page takes a second: so go ahead
    return len(list(users))


def spread(_: GraphClient, settings: Settings) -> int:
    return sum(result.ok for result in fan_out(lambda graph, _: graph.users.count(), range(40), settings=settings))


@pytest.mark.parametrize(("work", "number"), [(batch, 150), (pages, 50), (spread, 40)])
def test_the_spans_of_all_threads_are_below_the_span_of_the_caller(
    exporter: InMemorySpanExporter,
    tracer: trace.Tracer,
    graph_client: GraphClient,
    sandbox_settings: Settings,
    work: Callable[[GraphClient, Settings], int],
    number: int,
) -> None:
    graph_client.get("/users?$top=1")  # signs in: a token that is renewed in the background has no caller
    exporter.clear()
    with tracer.start_as_current_span("the job") as span:
        assert work(graph_client, sandbox_settings) == number
    for thread in threading.enumerate():
        if thread.name == "leangraph-page":
            thread.join(30)

    spans = exporter.get_finished_spans()
    assert len(spans) >= 8
    assert {each.parent.span_id if each.parent else None for each in spans} == {span.get_span_context().span_id}
