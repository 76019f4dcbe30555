"""The base of the app's errors: a message that is composed of their fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(eq=False, kw_only=True)
class DomainError(Exception):
    """`message` is a format string over the fields, which subclasses declare."""

    message: ClassVar[str]

    def __str__(self) -> str:
        return self.message.format_map(vars(self))
