"""What the readers of other tools' files share: tolerant models, notes, texts of templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel, ConfigDict

from singletable.codec.wire import is_mapping
from singletable.design.ir import JsonObject

Note = Callable[[str], None]
"""Takes what a reader leaves out, or cannot know."""


@dataclass(frozen=True)
class Form:
    """A format of another tool. `convert` raises pydantic's `ValidationError` for a file that is
    broken, and `ValueError` for one that says two things."""

    name: str
    fits: Callable[[object], bool]
    convert: Callable[[Any, Note], JsonObject]


class Part(BaseModel):
    """A part of a foreign file; what is not declared is kept in `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True)


def note_unread(note: Note, *parts: Part, told: Sequence[str] = ()) -> None:
    """Notes the names that no reader knows, each once, but for those that are told elsewhere."""
    names = dict.fromkeys(name for part in parts for name in _unread(part) if name not in told)
    if names:
        note(f"not read: {', '.join(names)}")


def _unread(value: object) -> Iterator[str]:
    if isinstance(value, Part):
        yield from value.model_extra or {}
        for name in type(value).model_fields:
            yield from _unread(getattr(value, name))
    elif is_mapping(value):
        for inner in value.values():
            yield from _unread(inner)
    elif isinstance(value, tuple):
        for inner in cast(tuple[object, ...], value):
            yield from _unread(inner)


def literal(text: str) -> str:
    """The text of a template that has no fields."""
    return text.replace("{", "{{").replace("}", "}}")


def index(name: str, partition: object, sort: object, projection: object = "ALL") -> JsonObject:
    """An index as the interchange format has it; no sort key is None."""
    sides = {"partition": partition} | ({} if sort is None else {"sort": sort})
    return {"name": name, **sides, "projection": projection}


def unique_names(names: Sequence[tuple[str, str]]) -> list[str]:
    """Names of which some occur in several tables: those get the table's name in front."""
    counted = [name for _, name in names]
    return [f"{table}.{name}" if counted.count(name) > 1 else name for table, name in names]
