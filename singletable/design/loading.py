"""Finds the tables of a design by a module's name. Imports user code; prints nothing."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias, TypeGuard, TypeVar

from singletable.design.compile import Callers
from singletable.entity import Entity, schema_of
from singletable.errors.base import SingleTableError
from singletable.errors.declaration import DeclarationError
from singletable.errors.design import DesignFailed, DesignNotFound
from singletable.patterns import declarations_of
from singletable.table import TableDefinition

T = TypeVar("T")
_NOT_USER_CODE = frozenset({"singletable", "pydantic", "importlib", "_frozen_importlib"})

Tables: TypeAlias = tuple[TableDefinition, ...]


def load_design(spec: str, root: Path | None = None) -> Tables:
    """Loads a package with all its modules: its tables, or of `module:variable` the one named.

    `root`, by default the working directory, is put on the import path.
    """
    module_name, _, variable = spec.partition(":")
    modules = load_modules(module_name, root or Path.cwd())
    found = [_table_at(modules, variable, spec)] if variable else _tables_in(modules)
    if not found:
        raise _not_found(spec, "it has no table", "a module with tables, or `module:variable`")
    if len(found) == 1 and not declarations_of(found[0]).entities:
        raise _not_found(
            spec,
            f"no module that was imported declares an entity of the table {found[0].name!r}",
            "a package whose modules declare them, here or as `design` in [tool.singletable]",
        )
    return tuple(found)


def load_modules(name: str, root: Path) -> list[ModuleType]:
    """Imports a module; of a package also every module in it."""
    modules = [import_from(name, root)]
    for found in pkgutil.walk_packages(getattr(modules[0], "__path__", ()), f"{name}."):
        if not found.name.endswith(".__main__"):
            load = partial(importlib.import_module, found.name)
            modules.append(_run_user_code(found.name, load))
    return modules


def _table_at(modules: Sequence[ModuleType], variable: str, spec: str) -> TableDefinition:
    """The table of the first module's variable; `DesignNotFound` names those that are tables."""
    found = getattr(modules[0], variable, None)
    if isinstance(found, TableDefinition):
        return found
    known = [
        (module.__name__, name)
        for module in modules
        for name, each in vars(module).items()
        if isinstance(each, TableDefinition)
    ]
    near = [each for each in known if each[1] == variable] or known
    raise _not_found(
        spec,
        f"{variable!r} is no table, but what follows the colon is the Python variable of one",
        " or ".join(map(":".join, near)) or "a module with tables",
    )


def load_callers(spec: str, root: Path | None = None) -> Callers:
    """Calls `module:function`: the captions of callers by pattern."""
    module_name, _, attribute = spec.partition(":")
    function = getattr(import_from(module_name, root or Path.cwd()), attribute, None)
    if not callable(function):
        raise _not_found(spec, f"{function!r} is no function", "`module:function`")
    callers: Any = _run_user_code(spec, function)
    return {str(name): tuple(map(str, captions)) for name, captions in callers.items()}


def import_from(name: str, root: Path) -> ModuleType:
    """Imports a module; whatever its code raises becomes a `DeclarationError`."""
    if not all(name.split(".")):
        raise _not_found(
            repr(name), "it is no module's name", "`package.module`, or `package.module:variable`"
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    try:
        module: ModuleType = _run_user_code(name, partial(importlib.import_module, name))
        return module
    except DesignFailed as error:
        cause = error.__cause__
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        if missing is None or not f"{name}.".startswith(f"{missing}."):
            raise
        raise _not_found(
            name, f"there is no module {missing}", f"a module in {root} or installed"
        ) from None


def _tables_in(modules: Sequence[ModuleType]) -> list[TableDefinition]:
    """The tables that the modules name, and those of the entities that they name, each once."""
    tables = dict[TableDefinition, None]()
    for value in (value for module in modules for value in vars(module).values()):
        if isinstance(value, TableDefinition):
            tables[value] = None
        elif _is_entity(value):
            tables[schema_of(value).table] = None
    return list(tables)


def _is_entity(value: object) -> TypeGuard[type[Entity]]:
    """Whether this is an entity of a table, and no mere base class of some."""
    is_class = isinstance(value, type) and issubclass(value, Entity)
    return is_class and "__singletable_schema__" in vars(value)


def _run_user_code(name: str, call: Callable[[], T]) -> T:
    """Calls it; an error of the engine gets a note with the place in the user's code."""
    try:
        return call()
    except SingleTableError as error:
        for file, line in _user_places(error)[-1:]:
            error.add_note(f"where: {file}:{line}")
        raise
    except (Exception, SystemExit) as error:
        places = [f" ({Path(file).name}:{line})" for file, line in _user_places(error)[-1:]]
        declared = f"{type(error).__name__}: {error}{''.join(places)}"
        raise DesignFailed(where=name, declared=declared) from error


def _user_places(error: BaseException) -> list[tuple[str, int]]:
    """File and line of every frame that is in none of the libraries, the innermost last."""
    return [
        (frame.f_code.co_filename, line)
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__")).partition(".")[0] not in _NOT_USER_CODE
    ]


def _not_found(where: str, declared: str, allowed: str) -> DeclarationError:
    return DesignNotFound(where=where, declared=declared, allowed=allowed)
