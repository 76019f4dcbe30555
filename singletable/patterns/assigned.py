"""The name that a module gives to what a function of this package returns, while it does so."""

from __future__ import annotations

import dis
import inspect
from pathlib import Path
from types import FrameType

from singletable.errors.declaration import InvalidPattern
from singletable.records import record

_PACKAGE = __name__.rpartition(".")[0]
_FILLERS = frozenset({"CACHE", "EXTENDED_ARG"})
_STORES = frozenset({"STORE_NAME", "STORE_GLOBAL"})


@record
class Assignment:
    """`name = ...` in a module; `file` and `line` are where it stands."""

    module: str
    name: str
    file: str
    line: int

    @property
    def where(self) -> str:
        """The pattern's name and its place: `users.by_id (users.py:12)`."""
        return f"{self.module.rpartition('.')[2]}.{self.name} ({Path(self.file).name}:{self.line})"


def find_assignment(verb: str) -> Assignment:
    """The assignment whose right side is the running call; `InvalidPattern` where there is none.

    The name is not there yet: it is read from the instruction that follows the call.
    """
    frame = _caller()
    module = str(frame.f_globals.get("__name__"))
    file, line = frame.f_code.co_filename, frame.f_lineno
    name = _assigned_name(frame) if frame.f_locals is frame.f_globals else None
    if name is None:
        raise InvalidPattern(
            where=f"{module.rpartition('.')[2]} ({Path(file).name}:{line})",
            declared=f"{verb}(...) is not given a name, by which the pattern would be known",
            allowed=f"name = {verb}(...), in a module and not within a function or class",
        )
    return Assignment(module, name, file, line)


def _caller() -> FrameType:
    """The frame that called this package."""
    frame = inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith(_PACKAGE):
        frame = frame.f_back
    if frame is None:
        raise RuntimeError("this Python has no frames")
    return frame


def _assigned_name(frame: FrameType) -> str | None:
    """The name that the frame's next instruction stores; None if it does something else."""
    code, names, argument = frame.f_code.co_code, frame.f_code.co_names, 0
    for at in range(frame.f_lasti + 2, len(code), 2):
        operation, argument = dis.opname[code[at]], argument << 8 | code[at + 1]
        if operation not in _FILLERS:
            return names[argument] if operation in _STORES else None
        if operation == "CACHE":
            argument = 0
    return None
