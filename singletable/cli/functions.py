"""Finds the patterns that a deployed function uses: by name, by glob, or by caller."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.design.ir import Pattern
from singletable.emit.iam.policy import TABLE_ACTIONS
from singletable.errors.suggestions import did_you_mean

CALLED = "callers"
_PREFIX = "dynamodb:"


def words_of(project: Project, function: str) -> Sequence[str]:
    """The words of `[tool.singletable.functions]` for a function."""
    known = project.functions
    if function not in known:
        raise UsageError(
            f"[tool.singletable.functions] has no {function!r}{did_you_mean(function, known)}"
        )
    return known[function]


def patterns_of(project: Project, words: Sequence[str]) -> list[Pattern]:
    """The patterns that these words name, each once, in the order of their declaration."""
    names = [word for word in words if not word.startswith(_PREFIX)]
    by_caller = any(word.partition(":")[0] == CALLED for word in names)
    patterns = project.design(with_callers=by_caller).patterns
    wanted = {name for word in names for name in _names(patterns, word)}
    return [pattern for pattern in patterns if pattern.name in wanted]


def table_actions_of(words: Sequence[str]) -> list[str]:
    """The actions on the table as a whole, such as `dynamodb:DescribeTable`."""
    actions = [word.removeprefix(_PREFIX) for word in words if word.startswith(_PREFIX)]
    for action in actions:
        if action not in TABLE_ACTIONS:
            raise UsageError(
                f"{_PREFIX}{action} is not for a function to have by name: patterns bring what"
                f" they need, and besides there are {', '.join(TABLE_ACTIONS)}"
            )
    return actions


def _names(patterns: Sequence[Pattern], word: str) -> set[str]:
    called, _, caption = word.partition(":")
    if called == CALLED:
        return _names_by_caller(patterns, caption or "*")
    names = [pattern.name for pattern in patterns]
    found = {name for name in names if fnmatchcase(name, word)}
    if not found:
        raise UsageError(f"no pattern is {word!r}{did_you_mean(word, names)}")
    return found


def _names_by_caller(patterns: Sequence[Pattern], caption: str) -> set[str]:
    """The patterns with a caller whose caption fits the glob."""
    if any(pattern.callers is None for pattern in patterns):
        raise UsageError(f"{CALLED!r} needs `callers` in [tool.singletable]")
    found = {
        pattern.name
        for pattern in patterns
        if any(fnmatchcase(each, caption) for each in pattern.callers or ())
    }
    if not found:
        raise UsageError(f"no caller of a pattern is {caption!r}")
    return found
