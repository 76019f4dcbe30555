"""A request belongs to a trace: the caller's, X-Ray's, or one that begins with it."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.context import JsonFormatter, current_trace, current_traceparent, request_context

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
GIVEN = f"00-{TRACE}-{PARENT}-01"
ROOT = "1-5759e988-bd862e3fe1be46a994272793"


class Lines(logging.Handler):
    """What the log would say, while it is said."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.said: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(json.loads(self.format(record)))


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    found, logger = Lines(), logging.getLogger("app.access")
    monkeypatch.setattr(logger, "handlers", [found])
    before = logger.level
    logger.setLevel(logging.INFO)
    yield found
    logger.setLevel(before)


def test_a_trace_is_carried_on(client: TestClient, lines: Lines) -> None:
    """The log has its identity, and a span that is neither the caller's nor another request's."""
    for _ in range(2):
        client.get("/health", headers={"traceparent": GIVEN})
    first, second = lines.said
    assert first["traceId"] == second["traceId"] == TRACE
    assert len({first["spanId"], second["spanId"], PARENT}) == 3
    assert "xrayTraceId" not in first


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "x",
        GIVEN.upper(),
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"{GIVEN}-more",
        f"{GIVEN} ",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE}-{PARENT}-1",
        "é" * 55,
    ],
)
def test_an_odd_traceparent_is_replaced(client: TestClient, lines: Lines, sent: str) -> None:
    """By a trace of our own; nothing of it gets into the log."""
    client.get("/health", headers={"traceparent": sent.encode()})
    (line,) = lines.said
    assert re.fullmatch(r"[0-9a-f]{32}", line["traceId"])
    assert line["traceId"] not in (TRACE, "0" * 32)


def test_two_traceparents_are_replaced(client: TestClient, lines: Lines) -> None:
    """Neither of two is believed."""
    client.get("/health", headers=[("traceparent", GIVEN), ("traceparent", GIVEN)])
    assert lines.said[0]["traceId"] != TRACE


def test_a_later_version_is_understood_as_far_as_it_is_known() -> None:
    """More may follow; what goes out is of the version that we speak."""
    with request_context(f"cc-{TRACE}-{PARENT}-ff-what-else"):
        sent = current_traceparent()
    assert re.fullmatch(rf"00-{TRACE}-[0-9a-f]{{16}}-03", sent)


def test_without_a_traceparent_the_trace_is_x_rays(client: TestClient, lines: Lines) -> None:
    """So log lines and X-Ray's segments name the same; with one, the log has both."""
    xray = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"
    client.get("/health", headers={"X-Amzn-Trace-Id": xray})
    client.get("/health", headers={"X-Amzn-Trace-Id": xray, "traceparent": GIVEN})
    client.get("/health", headers={"X-Amzn-Trace-Id": f"Root={ROOT}0"})
    assert [line.get("xrayTraceId") for line in lines.said] == [ROOT, ROOT, None]
    assert lines.said[0]["traceId"] == ROOT.replace("-", "")[1:]
    assert lines.said[1]["traceId"] == TRACE


def test_what_goes_out_names_us_as_its_parent() -> None:
    """Within a request there is a traceparent of it; outside there is none."""
    assert (current_traceparent(), current_trace()) == ("", None)
    with request_context(GIVEN) as context:
        trace = context.trace
        assert current_traceparent() == f"00-{TRACE}-{trace.span_id}-01" == str(trace)
    assert current_traceparent() == ""
    record = logging.LogRecord("app", logging.INFO, "", 0, "m", (), None)
    assert json.loads(JsonFormatter().format(record))["traceId"] is None
