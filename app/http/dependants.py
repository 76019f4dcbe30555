"""What a route is made of. Knows none of it."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant


def calls_of(dependant: Dependant) -> Iterator[object]:
    """The endpoint, and its dependencies down to the last."""
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls_of(inner)
