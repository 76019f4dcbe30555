"""The text of a module: docstring, the imports that are used, declarations."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from singletable.emit.module.layout import docstring
from singletable.emit.module.names import IMPORTS


def module_text(summary: str, blocks: Sequence[str]) -> str:
    """The docstring with the imports that are used, then the blocks."""
    used = {
        node.id
        for block in blocks
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Name)
    }
    lines = import_lines(name for name in IMPORTS if name in used)
    head = [docstring(summary), "", "from __future__ import annotations", ""]
    return "\n".join([*head, *_grouped(list(lines)), "", "\n\n\n".join(blocks), ""])


def import_lines(names: Iterable[str]) -> Iterator[str]:
    by_module = dict[str, list[str]]()
    for name in names:
        by_module.setdefault(IMPORTS[name], []).append(name)
    for module in sorted(by_module, key=lambda each: (_group(each), each)):
        found = sorted(by_module[module], key=_in_order)
        line = f"from {module} import {', '.join(found)}"
        if len(line) > 88:
            line = "\n".join([f"from {module} import (", *(f"    {n}," for n in found), ")"])
        yield line


def _in_order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as tools that sort imports have them."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


def _group(module: str) -> int:
    """Of the standard library, or of a package."""
    return int(module.partition(".")[0] in ("pydantic", "singletable"))


def _grouped(lines: Sequence[str]) -> Iterator[str]:
    before: int | None = None
    for line in lines:
        group = _group(line.split()[1])
        if before is not None and group != before:
            yield ""
        before = group
        yield line
