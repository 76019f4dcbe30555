"""The project that a command is about: its settings, its table, its catalogue."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from singletable.catalogue import Catalogue, load_callers, load_design
from singletable.cli.settings import Settings, find_settings
from singletable.cli.usage import UsageError, did_you_mean
from singletable.patterns import Pattern
from singletable.table import Table


@dataclass
class Project:
    """`override` is the design named on the command line; it has no callers, no functions."""

    settings: Settings
    override: str | None = None

    @classmethod
    def of(cls, options: argparse.Namespace) -> Project:
        return cls(find_settings(Path.cwd()), options.design)

    @cached_property
    def table(self) -> Table:
        """The design's table; imports its modules."""
        spec = self.override or self.settings.design
        if spec is None:
            raise UsageError(
                "no design: name it with --design MODULE, or in pyproject.toml:"
                ' [tool.singletable] design = "access_patterns"'
            )
        return load_design(spec, self._root)

    def catalogue(self, *, with_callers: bool = False) -> Catalogue:
        """The rows; callers only where they are shown, for they import the application."""
        table, spec = self.table, self.settings.callers
        if not with_callers or spec is None or not self._is_configured:
            return Catalogue(table)
        return Catalogue(table, load_callers(spec, self._root))

    @property
    def functions(self) -> Mapping[str, Sequence[str]]:
        """What is deployed, and the patterns that each asks."""
        return self.settings.functions if self._is_configured else {}

    @property
    def _is_configured(self) -> bool:
        """Whether the settings are about this design."""
        return self.override in (None, self.settings.design)

    @property
    def _root(self) -> Path:
        return Path.cwd() if self.override else self.settings.root

    def pattern(self, name: str) -> Pattern:
        """The pattern of this name; `UsageError` with the names that are close."""
        known = self.table.patterns
        if name not in known:
            raise UsageError(f"there is no pattern {name!r}{did_you_mean(name, known)}")
        return known[name]
