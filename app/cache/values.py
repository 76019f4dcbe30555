"""Answers ⇄ bytes, by the entities' own Pydantic models. What does not come back the same, or is
too large, is not kept; what cannot be read is no answer. Knows no Redis."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeGuard

from pydantic import TypeAdapter, ValidationError

from singletable import Page, inspect
from singletable.inspect import Operation

MOST_BYTES = 256 * 1024

Entry = tuple[tuple[str, ...], tuple[Any, ...], str | None]
"""The tokens of the tags when it was read, the items, the cursor to what follows."""


def items_of(answer: object) -> tuple[Any, ...]:
    """The entities in an answer; nothing found is no entity."""
    if _is_page(answer):
        return answer.items
    return () if answer is None else (answer,)


def packed(model: type, tokens: Sequence[str], answer: object) -> bytes | None:
    """The bytes to keep; None where there is nothing to keep, or they would not be the same."""
    items = items_of(answer)
    cursor = answer.cursor if _is_page(answer) else None
    entry: Entry = (tuple(tokens), items, cursor)
    if not items:
        return None
    made = _adapter(model).dump_json(entry, by_alias=False, round_trip=True)
    return made if len(made) <= MOST_BYTES and unpacked(model, made) == entry else None


def unpacked(model: type, value: bytes) -> Entry | None:
    """What `packed` made; None for anything else."""
    try:
        return _adapter(model).validate_json(value)
    except ValidationError:
        return None


def answer_of(operation: Operation[Any], entry: Entry) -> Any:
    """The answer in the form that the operation promises."""
    _, items, cursor = entry
    if inspect.answers_one(operation):
        return items[0] if items else None
    return Page(items, cursor)


def _is_page(answer: object) -> TypeGuard[Page[Any]]:
    return isinstance(answer, Page)


@lru_cache(maxsize=256)
def _adapter(model: type) -> TypeAdapter[Entry]:
    return TypeAdapter(tuple[tuple[str, ...], tuple[model, ...], str | None])  # type: ignore[valid-type]  # made for each entity
