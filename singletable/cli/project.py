"""The project that a command is about: its settings, its tables, its design as data."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from singletable.cli.progress import show_progress
from singletable.cli.settings import Settings, find_settings
from singletable.cli.usage import UsageError
from singletable.design import (
    PatternCaller,
    Tables,
    compile_design,
    compile_table,
    find_pattern,
    ir,
    load_callers,
    load_design,
    load_modules,
)
from singletable.errors.suggestions import did_you_mean


@dataclass
class Project:
    """`override` is the design named on the command line; it has no callers, no functions."""

    settings: Settings
    override: str | None = None

    @classmethod
    def of(cls, options: argparse.Namespace) -> Project:
        return cls(find_settings(Path.cwd()), options.design)

    @cached_property
    def tables(self) -> Tables:
        """The design's tables; imports its modules, and the configured ones of its package."""
        spec = self.override or self.settings.design
        if spec is None:
            raise UsageError(
                "no design: name it with --design MODULE, or in pyproject.toml:"
                ' [tool.singletable] design = "access_patterns"'
            )
        configured = (self.settings.design or "").partition(":")[0]
        with show_progress("importing the design"):
            if self.override and spec.partition(":")[0].split(".")[0] == configured.split(".")[0]:
                load_modules(configured, self.settings.root)
            return load_design(spec, self.root)

    def design(self, *, with_callers: bool = False, examples: bool = False) -> ir.Design:
        """Compiles the design; callers only where shown, for they import the application."""
        spec, tables = self.settings.callers, self.tables
        with show_progress("reading what the design declares"):
            if not with_callers or spec is None or not self._is_configured:
                return compile_design(tables, examples=examples)
            callers = load_callers(spec, self.root)
            return compile_design(tables, callers, examples=examples)

    @property
    def table(self) -> ir.Table:
        """The design's one table; `UsageError` where there are several."""
        first, *others = self.tables
        if others:
            names = ", ".join(table.name for table in self.tables)
            raise UsageError(
                f"the design has the tables {names}; name one: --design module:variable"
            )
        return compile_table(first)

    @property
    def functions(self) -> Mapping[str, Sequence[str]]:
        """The deployed functions, and the patterns that each uses."""
        return self.settings.functions if self._is_configured else {}

    @property
    def _is_configured(self) -> bool:
        """Whether the settings are about this design."""
        return self.override in (None, self.settings.design)

    @property
    def root(self) -> Path:
        """The folder that modules are imported from."""
        return Path.cwd() if self.override else self.settings.root

    def pattern(self, name: str) -> PatternCaller:
        """The pattern of this name; `UsageError` with the names that are close."""
        found = find_pattern(self.tables, name)
        if found is None:
            known = [each.name for each in self.design().patterns]
            raise UsageError(f"there is no pattern {name!r}{did_you_mean(name, known)}")
        return found
