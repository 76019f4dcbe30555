"""Key attributes that are no text: DynamoDB itself orders numbers and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from singletable.formats.base import Format


@dataclass(frozen=True, kw_only=True)
class Native(Format):
    """Stands where a format is named; such values never become text."""

    def encode(self, value: Any) -> NoReturn:
        raise ValueError(f"is stored as {self.name} and has no key text")

    def decode(self, text: str) -> NoReturn:
        raise ValueError(f"is stored as {self.name} and has no key text")

    def example(self, field: str) -> Any:
        return 7 if self.name == "N" else b"7"
