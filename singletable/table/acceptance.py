"""Findings of a check that a declaration accepts, each with its reason. Knows no rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Acceptance:
    """What is found of `subject` by `rule` is meant; `module`, `file` and `line` say where that is
    declared."""

    rule: str
    subject: str
    because: str
    module: str
    file: str
    line: int
