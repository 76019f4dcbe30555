"""Golden requests of a pattern: compared with a file, which is written when that is wanted."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff
from pathlib import Path
from typing import Any, cast

from singletable.inspect import pattern_name
from singletable.operations import Operation
from singletable.patterns.pattern import is_operation

UPDATE = "--update-golden"


class _Mode:
    """Whether files are written; the pytest plugin sets it."""

    is_updating = False


MODE = _Mode()


def assert_golden(
    pattern: Callable[..., Operation[object]] | Operation[object],
    /,
    *args: object,
    path: str | Path,
    **kwargs: object,
) -> None:
    """Asserts that the requests of a pattern, called with these arguments, are those of a file.

    With pytest's `--update-golden` the file is written. A folder has a file for each pattern, as
    `singletable golden` names and writes them.
    """
    # The pytest plugin loads this module in every run: what compiles designs is not needed there.
    from singletable.design.compile import example_requests  # noqa: PLC0415
    from singletable.emit.golden import golden_text  # noqa: PLC0415

    operation = pattern if is_operation(pattern) else cast(Any, pattern)(*args, **kwargs)
    file = Path(path)
    if file.suffix != ".json":
        file = file / f"{pattern_name(operation) or type(operation).__name__}.json"
    text = golden_text(example_requests(operation))
    if MODE.is_updating:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return
    if not file.exists():
        raise AssertionError(f"{file} does not exist; write it with {UPDATE}")
    golden = file.read_text("utf-8")
    if golden != text:
        lines = unified_diff(golden.splitlines(), text.splitlines(), str(file), "now", lineterm="")
        raise AssertionError("\n".join([f"{file} has other requests; see {UPDATE}", *lines]))
