"""What a load came to, and whether that is well. Knows neither HTTP nor how it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.load.capacity import Capacity
from scripts.load.measures import MAYBE, WITHOUT, Measures
from scripts.load.memory import Memory

ALLOWED_WITHOUT_A_PART = ("503 ", "no answer", MAYBE)


@dataclass(frozen=True)
class Result:
    """`lost`: in words. `memory` None: it was not to be seen."""

    measures: Measures
    seconds: float
    workers: int
    phases: tuple[str, ...]
    writes: int
    posts: int
    lost: list[str]
    memory: Memory | None
    bound_mb: float
    capacity: Capacity

    def problems(self) -> Iterator[str]:
        """Why the exit code is 1; nothing if all is well."""
        yield from self.lost
        if self.memory and not self.memory.is_flat(self.bound_mb):
            yield (
                f"the API's memory grew by {self.memory.growth():.1f} MiB;"
                f" the bound is {self.bound_mb:g}"
            )
        for phase in self.phases:
            for (operation, outcome), count in self.measures.errors(phase).items():
                if not _is_allowed(phase, outcome):
                    yield f"{operation}: {outcome}, {count} times ({phase})"


def _is_allowed(phase: str, outcome: str) -> bool:
    """While a part is out, and while those wait who asked then, the docs promise no more."""
    return phase.startswith(WITHOUT) and outcome.startswith(ALLOWED_WITHOUT_A_PART)
