"""Reads `[tool.singletable]` of the nearest pyproject.toml; imports no module of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from singletable.cli.usage import UsageError
from singletable.codec.wire import is_list, is_mapping
from singletable.design.parsing import Unreadable, parse_toml, read_text
from singletable.errors.suggestions import did_you_mean

_KINDS = {"design": str, "callers": str, "errors": bool, "functions": dict}


@dataclass(frozen=True)
class Settings:
    """`root`: the project's folder, where modules are imported from and docs are written to.

    `functions` maps what is deployed to the patterns that it asks, as words of a policy.
    """

    root: Path
    design: str | None = None
    callers: str | None = None
    errors: bool = False
    functions: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])


def find_settings(start: Path) -> Settings:
    """The settings that hold in `start`: of the first pyproject.toml from there upwards."""
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Settings(start)


def _read(file: Path) -> Settings:
    try:
        document = parse_toml(read_text(file))
    except Unreadable as error:
        raise UsageError(f"{file}: {error}") from None
    section = _section(file, document)
    for name, value in section.items():
        kind = _KINDS.get(name)
        if kind is None:
            raise UsageError(
                f"{file}: [tool.singletable] has no {name!r}{did_you_mean(name, _KINDS)}"
            )
        if not isinstance(value, kind):
            raise UsageError(f"{file}: [tool.singletable] {name} is no {kind.__name__}")
    for name, words in section.get("functions", {}).items():
        if not is_list(words) or not all(isinstance(word, str) for word in words):
            raise UsageError(f"{file}: [tool.singletable.functions] {name} is no list of texts")
    return Settings(file.parent, **section)


def _section(file: Path, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The table `[tool.singletable]`; empty where there is none."""
    section = document
    for name in ("tool", "singletable"):
        section = section.get(name, {})
        if not is_mapping(section):
            raise UsageError(f"{file}: [tool.singletable] is no table of settings")
    return section
