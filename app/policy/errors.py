"""Why the app refuses to start with a policy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(eq=False)
class PolicyUnusable(Exception):
    """`where` is a file or a folder; `what` and `remedy` are sentences without a full stop."""

    what: str
    where: Path
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}."
