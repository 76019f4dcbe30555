"""Log lines and OpenTelemetry tell of patterns, tables and numbers, never of keys and values."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from singletable import Get, Repository, access_pattern, create
from singletable.errors import RequestError
from singletable.inspect import Observed, Retry
from singletable.telemetry import log_operations, open_telemetry
from singletable.transport import TransportError
from tests.backends import Backend
from tests.singletable.shop import Product, customer, product, shop

SECRET = "secret-lamp"


@access_pattern
def observed_product(product_id: str) -> Get[Product]:
    """A product, by its identity."""
    return Product.key.get(product_id=product_id)


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> TracerProvider:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


@pytest.fixture
def reader() -> Iterator[InMemoryMetricReader]:
    reader = InMemoryMetricReader()
    yield reader
    reader.shutdown()


@pytest.fixture
def observe(
    tracing: TracerProvider, reader: InMemoryMetricReader
) -> Iterator[Callable[[Observed], object]]:
    meters = MeterProvider([reader])
    yield open_telemetry(tracing, meters)
    tracing.shutdown()


def only(exporter: InMemorySpanExporter) -> tuple[ReadableSpan, Mapping[str, Any]]:
    (span,) = exporter.get_finished_spans()
    exporter.clear()
    return span, dict(span.attributes or {})


def test_a_span_has_the_patterns_name_and_the_conventions_attributes(
    db: Backend, observe: Any, exporter: InMemorySpanExporter
) -> None:
    """A read by a pattern."""
    db.repository.write(create(product()))
    db.another(observe=observe, count_capacity=True).fetch(observed_product("lamp"))
    span, facts = only(exporter)
    assert (span.name, span.kind) == ("test_telemetry.observed_product", SpanKind.CLIENT)
    assert span.status.status_code is StatusCode.UNSET
    assert facts["db.system.name"] == "aws.dynamodb"
    assert facts["db.operation.name"] == "GetItem"
    assert facts["db.collection.name"] == db.name
    assert facts["db.query.summary"] == facts["singletable.pattern"] == span.name
    assert facts["aws.dynamodb.table_names"] == (db.name,)
    assert facts["db.response.returned_rows"] == 1
    assert db.name in facts["aws.dynamodb.consumed_capacity"][0]
    assert [event.name for event in span.events] == ["answer"]
    assert span.start_time is not None and span.end_time is not None
    assert span.start_time <= span.events[0].timestamp <= span.end_time + 5_000_000


def test_a_query_tells_its_index_and_counts(
    db: Backend, observe: Any, exporter: InMemorySpanExporter
) -> None:
    """Without a pattern the span is called after request and table."""
    db.another(observe=observe).fetch(Product.by_shelf.query(shelf="a").page(3))
    span, facts = only(exporter)
    assert span.name == f"Query {db.name}"
    assert facts["aws.dynamodb.index_name"] == "GSI1"
    assert (facts["aws.dynamodb.limit"], facts["aws.dynamodb.count"]) == (4, 0)


def test_a_transaction_tells_its_size(
    db: Backend, observe: Any, exporter: InMemorySpanExporter
) -> None:
    """A customer, and the item that keeps the address unique."""
    db.another(observe=observe).write(create(customer(email="a@example.com")))
    span, facts = only(exporter)
    assert facts["db.operation.name"] == "TransactWriteItems"
    assert facts["db.operation.batch.size"] == 2
    assert "a@example.com" not in str((facts, span.events))


def test_an_error_has_its_slug_and_its_attempts(
    observe: Any, exporter: InMemorySpanExporter
) -> None:
    """Two conflicts, each an event; neither a message nor a value."""

    def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TransportError("TransactionConflictException", SECRET)

    retry = Retry(attempts=2, sleep=lambda _: None)
    repository = Repository(transport, shop, retry=retry, observe=observe)
    with suppress(RequestError):
        repository.write(create(product(SECRET)))
    span, facts = only(exporter)
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "contended")
    assert facts["error.type"] == "contended"
    assert facts["db.response.status_code"] == "TransactionConflictException"
    assert facts["singletable.retries"] == 1
    assert [event.name for event in span.events] == ["failed attempt"] * 2
    assert SECRET not in span.to_json()


def test_a_span_is_a_child_of_the_callers(
    observe: Any, exporter: InMemorySpanExporter, tracing: TracerProvider
) -> None:
    """Of the span that is current where the operation was asked for."""
    with tracing.get_tracer("test").start_as_current_span("request") as request:
        Repository(lambda *_: {}, shop, observe=observe).fetch(observed_product("lamp"))
    span = next(each for each in exporter.get_finished_spans() if each.name != "request")
    assert span.parent is not None
    assert span.parent.span_id == request.get_span_context().span_id


def test_durations_are_kept_by_pattern(observe: Any, reader: InMemoryMetricReader) -> None:
    """A histogram in seconds."""
    repository = Repository(lambda *_: {}, shop, observe=observe)
    for _ in range(3):
        repository.fetch(observed_product("lamp"))
    data: Any = reader.get_metrics_data()
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    assert (metric.name, metric.unit) == ("db.client.operation.duration", "s")
    (point,) = metric.data.data_points
    assert (point.count, point.attributes["db.operation.name"]) == (3, "GetItem")
    assert "singletable.retries" not in point.attributes


def test_a_line_of_the_log_has_facts_and_no_values(
    db: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    """Refusals are answers, outages are warnings."""
    repository = db.another(observe=log_operations(), count_capacity=True)
    with caplog.at_level(logging.INFO, "singletable.operations"):
        repository.write(create(product(SECRET)))
        with suppress(RequestError):
            repository.write(create(product(SECRET)))
        repository.fetch(observed_product(SECRET))
    facts = [record.__dict__["operation"] for record in caplog.records]
    assert [each["outcome"] for each in facts] == ["ok", "item-exists", "ok"]
    assert facts[1]["failures"] == ["ConditionalCheckFailedException"]
    assert facts[2]["pattern"] == "test_telemetry.observed_product"
    assert facts[2]["tables"] == [db.name] and facts[2]["items"] == 1
    assert {record.levelno for record in caplog.records} == {logging.INFO}
    assert "test_telemetry.observed_product Get ok in" in caplog.text
    assert SECRET not in caplog.text + str(facts)


def test_an_outage_is_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Also for a logger of one's own, at a low level."""

    def transport(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise TransportError("Unreachable", SECRET)

    own = logging.getLogger("own")
    repository = Repository(transport, shop, observe=log_operations(own, logging.DEBUG))
    with caplog.at_level(logging.DEBUG, "own"), suppress(RequestError):
        repository.fetch(observed_product("lamp"))
    assert [(each.name, each.levelno) for each in caplog.records] == [("own", logging.WARNING)]
    assert SECRET not in caplog.text
