"""A result for people, and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from scripts.load.measures import latency
from scripts.load.result import Result

MOST_PROBLEMS = 20


def lines(result: Result) -> Iterator[str]:
    for phase in result.phases:
        yield from _phase(result, phase)
    yield from _capacity(result)
    yield _kept(result)
    yield _memory(result)
    problems = list(result.problems())
    yield from (f"PROBLEM {problem}" for problem in problems[:MOST_PROBLEMS])
    if len(problems) > MOST_PROBLEMS:
        yield f"PROBLEM and {len(problems) - MOST_PROBLEMS} more"


def _phase(result: Result, phase: str) -> Iterator[str]:
    measures = result.measures
    yield ""
    yield f"{phase + ', ms':<20} {'count':>7} {'p50':>8} {'p90':>8} {'p99':>8} {'max':>8}  errors"
    for operation in [*measures.operations(), None]:
        samples = measures.of(phase, operation)
        if not samples:
            continue
        of = latency(samples)
        errors = sum(each.outcome != "ok" for each in samples)
        yield (
            f"{operation or 'all':<20} {of.count:>7} {of.p50:>8.1f} {of.p90:>8.1f}"
            f" {of.p99:>8.1f} {of.max:>8.1f}  {errors or ''}"
        )
    for (operation, outcome), count in measures.errors(phase).most_common():
        yield f"  {outcome}: {count} x {operation}"


def _capacity(result: Result) -> Iterator[str]:
    yield ""
    if not result.capacity:
        yield "capacity by access pattern: the API's log has none (METRICS=emf writes it)"
        return
    yield f"{'capacity units by access pattern':<36} {'read':>10} {'write':>10}"
    for pattern, units in sorted(result.capacity.items()):
        yield f"{pattern:<36} {units.read:>10.1f} {units.write:>10.1f}"


def _kept(result: Result) -> str:
    rate = len(result.measures.of()) / result.seconds if result.seconds else 0
    speed = f"{rate:.0f} requests/s by {result.workers} workers in {result.seconds:.0f} s"
    kept = "nothing lost" if not result.lost else f"NOT KEPT: {len(result.lost)}"
    return f"{speed}; {kept}; {result.posts} posts read back, {result.writes} writes acknowledged"


def _memory(result: Result) -> str:
    if result.memory is None:
        return "memory: not to be seen from here"
    of = result.memory
    return (
        f"memory of the API: {of.start:.1f}, {of.middle:.1f}, {of.end:.1f} MiB at the start,"
        f" halfway and at the end; may grow by {result.bound_mb:g}"
    )


def as_json(result: Result) -> dict[str, Any]:
    measures = result.measures
    return {
        "seconds": result.seconds,
        "workers": result.workers,
        "phases": {
            phase: {
                "latencyMs": {
                    operation: asdict(latency(measures.of(phase, operation)))
                    for operation in measures.operations()
                },
                "errors": [
                    {"operation": operation, "outcome": outcome, "count": count}
                    for (operation, outcome), count in measures.errors(phase).items()
                ],
            }
            for phase in result.phases
        },
        "capacityByPattern": {name: asdict(units) for name, units in result.capacity.items()},
        "writesAcknowledged": result.writes,
        "postsReadBack": result.posts,
        "lost": result.lost,
        "memoryMb": asdict(result.memory) if result.memory else None,
        "problems": list(result.problems()),
    }
