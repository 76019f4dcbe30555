"""How much there is of an entity, and how often a pattern is asked: for costs and heat alone.

Nothing here is read when items are: `singletable check` finds what is too hot, and `singletable
cost` says what a month costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T", bound=Callable[..., Any])

_FIGURES = "__singletable_volume__"


def volume(
    *,
    items: int | None = None,
    size: int | None = None,
    keys: Mapping[str, Mapping[str, float]] | None = None,
    rate: float | None = None,
    peak: float | None = None,
    returned: float | Mapping[str, float] | None = None,
    read: float | None = None,
    written: float | None = None,
    changed: Sequence[str] | None = None,
    writes: Mapping[str, float] | None = None,
) -> Callable[[T], T]:
    """Says figures of an entity or of an access pattern: `@volume(items=100_000, size=6_000)`.

    Of an entity: `items`, `size` in bytes, and `keys`, by the names of its keys: `{"by_status":
    {"values": 4, "skew": 0.7}}`. Of a pattern: `rate` and `peak` in calls a second, items that a
    call has `returned`, `read` or `written`, fields that it has `changed`, and `writes` to indexes.
    docs/costs.md has their meaning. What does not fit is refused when the figures are read:
    `InvalidFigures`.
    """
    given = {name: value for name, value in locals().items() if value is not None}

    def declare(declared: T) -> T:
        setattr(declared, _FIGURES, given)
        return declared

    return declare


def figures_of(declared: object) -> dict[str, Any]:
    """What was said of an entity class or a pattern's function; a subclass says its own."""
    return dict(vars(declared).get(_FIGURES, {}))
