"""Lines of metrics keep to the specification, and to what is declared."""

from __future__ import annotations

import pytest

from app.core.context import request_context
from app.core.metrics import METRICS, Answered, Meter, Tally
from singletable.inspect import Failed, Request, Sent
from singletable.transport import TransportError
from tests.app.core.metrics.reading import Line

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def lines_of(answered: Answered, tally: Tally | None = None) -> list[Line]:
    written: list[str] = []
    meter = Meter("fm-web", "prod", written.append, clock=lambda: 1_700_000_000.1239)
    meter.report(answered, tally or Tally())
    return [Line(text) for text in written]


def test_a_request_is_one_line() -> None:
    """Split by route and method, and counted for the stage as a whole; traces are no dimensions."""
    with request_context(f"00-{TRACE}-00f067aa0ba902b7-01"):
        (line,) = lines_of(Answered("GET", "/v1/posts/{post_id}", 200, 12.3456))
    assert line.root["_aws"]["Timestamp"] == 1_700_000_000_123
    assert line.values == {
        "Requests": 1,
        "Latency": 12.35,
        "ClientErrors": 0,
        "ServerErrors": 0,
        "Limited": 0,
        "PolicyFailures": 0,
    }
    everything = {"Stage": "prod"}
    by_route = {**everything, "Route": "/v1/posts/{post_id}", "Method": "GET"}
    assert line.splits["Latency"] == [everything, by_route]
    assert line.splits["Limited"] == [everything]
    assert line.root["traceId"] == TRACE


@pytest.mark.parametrize(
    ("status", "errors"),
    [(200, (0, 0, 0)), (304, (0, 0, 0)), (404, (1, 0, 0)), (429, (1, 0, 1)), (503, (0, 1, 0))],
)
def test_errors_are_told_apart(status: int, errors: tuple[int, int, int]) -> None:
    """4xx, 5xx, and of the former those that a limit refused."""
    (line,) = lines_of(Answered("GET", "/v1/posts", status, 1.0))
    names = ("ClientErrors", "ServerErrors", "Limited")
    assert tuple(line.values[name] for name in names) == errors


def test_no_answer_is_an_error_of_ours() -> None:
    """The connection broke, or the server did."""
    (line,) = lines_of(Answered("GET", "/v1/posts", 0, 1.0))
    assert line.values["ServerErrors"] == 1


def test_strangers_do_not_make_dimensions() -> None:
    """Unknown methods and paths, of which there are any number, are each one."""
    (line,) = lines_of(Answered("X-ANY", None, 404, 1.0))
    assert line.splits["Requests"][1] == {
        "Stage": "prod",
        "Route": "(none)",
        "Method": "(other)",
    }


def busy() -> Tally:
    tally = Tally()
    for name in ("posts.by_id", "categories.by_id"):
        tally.count_sent(Sent(name, Request("GetItem", {}), {}, 0.001))
    tally.count_failed(
        Failed("posts.by_id", Request("GetItem", {}), TransportError("Unreachable", "m"))
    )
    return tally


def test_each_pattern_is_a_line_of_its_own() -> None:
    """In the order of their names, after the request's."""
    lines = lines_of(Answered("GET", "/v1/posts", 200, 1.0), busy())
    assert [line.pattern for line in lines] == [None, "categories.by_id", "posts.by_id"]
    assert lines[2].values["DynamoFailures"] == 1
    assert lines[2].splits["ReadUnits"] == [{"Stage": "prod", "Pattern": "posts.by_id"}]


def test_work_without_a_request_is_its_patterns_alone() -> None:
    """As a worker does it."""
    written: list[str] = []
    Meter("fm-web", "prod", written.append).report_work(busy())
    assert [Line(text).pattern for text in written] == ["categories.by_id", "posts.by_id"]


def test_only_what_is_declared_is_sent() -> None:
    """With its unit; names are unique."""
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    units = {metric.name: metric.unit for metric in METRICS}
    for line in lines_of(Answered("GET", None, 200, 1.0), busy()):
        for directive in line.root["_aws"]["CloudWatchMetrics"]:
            assert all(units[each["Name"]] == each["Unit"] for each in directive["Metrics"])
