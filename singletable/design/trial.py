"""Runs declarations one by one as a module, and tells which of them are refused, and why."""

from __future__ import annotations

import re
import sys
from types import ModuleType, TracebackType

from singletable.design.compile import compile_design
from singletable.design.ir import Design
from singletable.design.loading import Tables
from singletable.errors.base import SingleTableError
from singletable.table import TableDefinition

_SKIPPED = re.compile(r"\.skipping\(([^()]+)\)$")


class Trial:
    """A module that is not in a file; known to `sys.modules` while it is open, as models look
    there for the names in their annotations."""

    def __init__(self, name: str) -> None:
        is_taken = name in sys.modules or name in sys.stdlib_module_names
        self._module = ModuleType(f"drafted_{name}" if is_taken else name)
        self._before: ModuleType | None = None

    @property
    def name(self) -> str:
        return self._module.__name__

    def __enter__(self) -> Trial:
        name = self._module.__name__
        self._before = sys.modules.get(name)
        sys.modules[name] = self._module
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        name = self._module.__name__
        if self._before is None:
            sys.modules.pop(name, None)
        else:
            sys.modules[name] = self._before

    def run(self, source: str) -> tuple[str, str | None] | None:
        """Runs source; None, or why it is refused and the entity that a query would meet."""
        try:
            code = compile(f"from __future__ import annotations\n{source}", self._file, "exec")
            exec(code, vars(self._module))  # noqa: S102 - declarations that this package wrote
        except SingleTableError as error:
            met = _SKIPPED.search(str(error.facts().get("allowed", "")))
            return str(error), met[1] if met else None
        except Exception as error:  # noqa: BLE001 - Pydantic refuses names and types by many
            return f"{type(error).__name__}: {error}", None
        return None

    @property
    def _file(self) -> str:
        return f"<{self._module.__name__}>"

    @property
    def tables(self) -> Tables:
        """The tables that were not refused."""
        known = vars(self._module).values()
        return tuple(each for each in known if isinstance(each, TableDefinition))

    def design(self) -> Design:
        """All that was not refused."""
        return compile_design(self.tables, examples=False)
