"""Percentiles and errors of what was measured."""

from __future__ import annotations

import pytest

from scripts.load.measures import OK, Measures, latency, percentile


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(0, 1), (1, 1), (50, 50), (90, 90), (99, 99), (99.5, 100), (100, 100)],
)
def test_a_percentile_is_a_value_that_was_measured(percent: float, expected: float) -> None:
    """Of one to a hundred, as many percent are at most as large."""
    assert percentile(list(range(1, 101)), percent) == expected


def test_few_values_have_percentiles_too() -> None:
    """Of one value all are that one, of none they are zero."""
    assert [percentile([7.0], percent) for percent in (1, 50, 99)] == [7.0, 7.0, 7.0]
    assert percentile([], 50) == 0.0


def test_latency_is_in_milliseconds_and_counts_failures() -> None:
    """Who waits for a failure waits as well."""
    measures = Measures()
    for hundredth in range(1, 101):
        measures.add("read", hundredth / 100, OK if hundredth < 100 else "503 unavailable", "load")
    of = latency(measures.of(operation="read"))
    assert (of.count, of.p50, of.p90, of.p99, of.max) == (100, 500, 900, 990, 1000)


def test_errors_are_told_apart_by_phase_operation_and_outcome() -> None:
    """Each with how often."""
    measures = Measures()
    measures.add("read", 0.1, OK, "load")
    measures.enter("after")
    for _ in range(2):
        measures.add("edit", 0.1, "503 unavailable", "after")
    assert not measures.errors("load")
    assert measures.errors("after") == {("edit", "503 unavailable"): 2}
    assert measures.operations() == ["edit", "read"]


PHASES = ("before", "without redis", "after")


@pytest.mark.parametrize(
    ("begun_in", "ended_in", "counts_for"),
    [
        ("before", "before", "before"),
        ("before", "without redis", "without redis"),
        ("without redis", "after", "without redis"),
        ("before", "after", "without redis"),
        ("after", "after", "after"),
    ],
)
def test_who_met_a_part_that_was_out_counts_for_that_phase(
    begun_in: str, ended_in: str, counts_for: str
) -> None:
    """Whether it was sent before, or answered after, or both."""
    measures, moments = Measures("before"), {}
    for phase in PHASES[: PHASES.index(ended_in) + 1]:
        if phase != measures.phase:
            measures.enter(phase)
        moments[phase] = measures.now()
    assert measures.phase_since(moments[begun_in]) == counts_for


def test_phases_are_told_in_their_order() -> None:
    """The first is there from the start."""
    measures = Measures()
    measures.enter("reading back")
    assert measures.phases() == ("load", "reading back")
