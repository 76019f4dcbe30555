"""A traced access pattern: what it asks, as data."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from singletable.annotations import core_type
from singletable.operations import Operation


@dataclass(frozen=True)
class Parameter:
    """An argument's name and declared type."""

    name: str
    annotation: Any

    @property
    def entity(self) -> type[BaseModel] | None:
        """The entity class, if a whole entity is passed."""
        kind = core_type(self.annotation)
        return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


@dataclass(frozen=True)
class Pattern:
    """`operation` is the plan: the function's answer to symbols in place of arguments."""

    name: str
    where: str
    function: Callable[..., Operation[Any]]
    parameters: tuple[Parameter, ...]
    returns: Any
    operation: Operation[Any]

    @property
    def description(self) -> str:
        """The docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def question(self) -> str:
        """The docstring's first line."""
        return self.description.partition("\n")[0]

    @property
    def group(self) -> str:
        """The module's name: `posts` of `posts.by_id`."""
        return self.name.partition(".")[0]
