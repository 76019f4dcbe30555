"""Which patterns a deployed function asks: by name, by glob, or by who calls them."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from singletable.cli.project import Project
from singletable.cli.usage import UsageError, did_you_mean
from singletable.emit.policy import TABLE_ACTIONS
from singletable.patterns import Pattern

CALLED = "callers"
_PREFIX = "dynamodb:"


def words_of(project: Project, function: str) -> Sequence[str]:
    """What `[tool.singletable.functions]` says of a function."""
    known = project.functions
    if function not in known:
        raise UsageError(
            f"[tool.singletable.functions] has no {function!r}{did_you_mean(function, known)}"
        )
    return known[function]


def patterns_of(project: Project, words: Sequence[str]) -> list[Pattern]:
    """The patterns that these words name, each once, in the order of their declaration."""
    wanted = set[str]()
    for word in words:
        if not word.startswith(_PREFIX):
            wanted |= _named(project, word)
    return [pattern for name, pattern in project.table.patterns.items() if name in wanted]


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


def _named(project: Project, word: str) -> set[str]:
    known = project.table.patterns
    called, _, caption = word.partition(":")
    if called == CALLED:
        return _called(project, caption or "*")
    found = {name for name in known if fnmatchcase(name, word)}
    if not found:
        raise UsageError(f"no pattern is {word!r}{did_you_mean(word, known)}")
    return found


def _called(project: Project, caption: str) -> set[str]:
    """The patterns with a caller whose caption fits the glob."""
    callers = project.catalogue(with_callers=True).callers
    if callers is None:
        raise UsageError(f"{CALLED!r} needs `callers` in [tool.singletable]")
    found = {
        name
        for name, captions in callers.items()
        if any(fnmatchcase(each, caption) for each in captions)
    }
    if not found:
        raise UsageError(f"no caller of a pattern is {caption!r}")
    return found
