"""What is wrong with a configuration, as data. Knows names and remedies, never a value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One missing or contradictory setting; `names` are environment variables."""

    names: tuple[str, ...]
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{', '.join(self.names)}: {self.says}. {self.remedy}."


class SettingsError(Exception):
    """The app refuses to start; lists every problem at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"The app cannot start with this configuration:{lines}")
