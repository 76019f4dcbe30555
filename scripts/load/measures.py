"""What was measured: how long, with which outcome, in which phase. Knows no HTTP."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

OK = "ok"
WITHOUT = "without "
"""How the name of a phase begins in which a part is out."""
MAYBE = "may have happened, "
"""How the outcome begins of a write that may have been refused for its own first attempt."""


@dataclass(frozen=True)
class Sample:
    """One request. `outcome`: `ok`, or what went wrong in few words, as in `503 unavailable`."""

    operation: str
    phase: str
    seconds: float
    outcome: str


@dataclass(frozen=True)
class Latency:
    """Of some requests, in milliseconds; zero of none."""

    count: int
    p50: float
    p90: float
    p99: float
    max: float


def percentile(ordered: Sequence[float], percent: float) -> float:
    """By the nearest rank: a value that was measured, of which `percent` % are at most as large."""
    if not ordered:
        return 0.0
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def latency(samples: Iterable[Sample]) -> Latency:
    """Of all answers, also of the failed ones: clients wait for those as well."""
    ms = sorted(sample.seconds * 1000 for sample in samples)
    p50, p90, p99 = (percentile(ms, each) for each in (50, 90, 99))
    return Latency(len(ms), p50, p90, p99, ms[-1] if ms else 0.0)


class Measures:
    """Many workers add; phases follow one another."""

    def __init__(self, phase: str = "load") -> None:
        self.samples: list[Sample] = []
        self._phases = [phase]
        self._lock = Lock()

    @property
    def phase(self) -> str:
        return self._phases[-1]

    def enter(self, phase: str) -> None:
        """From now on it is this one."""
        self._phases.append(phase)

    def now(self) -> int:
        """A moment, for `phase_since`."""
        return len(self._phases) - 1

    def phase_since(self, moment: int) -> str:
        """For which one a request counts that was sent then: where it met a part that was out."""
        met = (phase for phase in self._phases[moment:] if phase.startswith(WITHOUT))
        return next(met, self.phase)

    def add(self, operation: str, seconds: float, outcome: str, phase: str) -> None:
        with self._lock:
            self.samples.append(Sample(operation, phase, seconds, outcome))

    def phases(self) -> tuple[str, ...]:
        """In the order in which they were entered."""
        return tuple(self._phases)

    def of(self, phase: str | None = None, operation: str | None = None) -> list[Sample]:
        """Those of a phase, of an operation; None: of all."""
        return [
            each
            for each in list(self.samples)
            if phase in (None, each.phase) and operation in (None, each.operation)
        ]

    def operations(self) -> list[str]:
        return sorted({each.operation for each in self.samples})

    def errors(self, phase: str | None = None) -> Counter[tuple[str, str]]:
        """How often an outcome other than `ok`, by operation and outcome."""
        failed = (each for each in self.of(phase) if each.outcome != OK)
        return Counter((each.operation, each.outcome) for each in failed)
