"""What makes a load fail, and how it is told."""

from __future__ import annotations

import json

import pytest

from scripts.load.capacity import Units
from scripts.load.measures import OK, Measures
from scripts.load.memory import Memory
from scripts.load.report import as_json, lines
from scripts.load.result import Result

PHASES = ("before", "without dynamodb", "after")


def result(
    *told: tuple[str, str], lost: tuple[str, ...] = (), memory: Memory | None = None
) -> Result:
    """`told`: an outcome and the phase it came in."""
    measures = Measures()
    for phase, outcome in told:
        measures.add("edit", 0.25, outcome, phase)
    capacity = {"posts.edit": Units(0.5, 3.0)}
    return Result(measures, 10.0, 2, PHASES, 5, 4, list(lost), memory, 32.0, capacity)


def test_a_load_without_errors_is_well() -> None:
    """Nothing lost, flat memory, every outcome good."""
    assert not list(result(("before", OK), memory=Memory(100, 131, 132)).problems())


def test_lost_writes_and_growing_memory_are_problems() -> None:
    """Each in words, with its numbers."""
    problems = list(result(lost=("post p is gone",), memory=Memory(100, 120, 133)).problems())
    assert problems == ["post p is gone", "the API's memory grew by 33.0 MiB; the bound is 32"]


@pytest.mark.parametrize(
    ("phase", "outcome", "is_problem"),
    [
        ("before", "503 unavailable", True),
        ("without dynamodb", "503 unavailable", False),
        ("without dynamodb", "no answer", False),
        ("without dynamodb", "may have happened, 409 conflict", False),
        ("without dynamodb", "409 conflict", True),
        ("without dynamodb", "500 internal-error", True),
        ("without dynamodb", "no connection", True),
        ("after", "503 unavailable", True),
    ],
)
def test_only_a_part_that_is_out_excuses_refusals(
    phase: str, outcome: str, is_problem: bool
) -> None:
    """And none but 503, no answer, and a write's own repetition: the API itself goes on."""
    assert bool(list(result((phase, outcome)).problems())) is is_problem


def test_the_report_tells_each_phase_and_every_problem() -> None:
    """Latency, errors, capacity, what was kept."""
    told = "\n".join(lines(result(("before", OK), ("after", "500 internal-error"), lost=("gone",))))
    assert "before, ms" in told
    assert "250.0" in told
    assert "500 internal-error: 1 x edit" in told
    assert "posts.edit" in told
    assert "NOT KEPT: 1; 4 posts read back, 5 writes acknowledged" in told
    assert "PROBLEM gone" in told


def test_programs_are_told_the_same() -> None:
    """As JSON, with the problems that make the exit code 1."""
    told = json.loads(json.dumps(as_json(result(("after", "500 internal-error")))))
    assert told["phases"]["after"]["latencyMs"]["edit"]["p99"] == 250.0
    assert told["capacityByPattern"] == {"posts.edit": {"read": 0.5, "write": 3.0}}
    assert told["problems"] == ["edit: 500 internal-error, 1 times (after)"]
