"""Compares what routes and workers declare that they ask with what the whole run saw them ask.

A pytest plugin. What is asked and not declared fails in its own test, by `UndeclaredPattern`; what
is declared and never asked fails the run, wherever all of tests/app ran.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOM = Path(__file__).parent
Pairs = set[tuple[str, str]]
SEEN = pytest.StashKey[Pairs]()
UNSEEN = pytest.StashKey[Sequence[str]]()


NOT_SEEN = {
    ("app.worker", "categories.create"): "its writes become parts of an import's transaction",
}
"""Pairs that are asked without a trace, and why."""


def seen_pairs(config: pytest.Config) -> Pairs:
    """Caller and pattern, as far as this process knows."""
    return config.stash.setdefault(SEEN, set())


def never_asked(
    declared: Mapping[str, Iterable[str]], seen: Collection[tuple[str, str]]
) -> list[str]:
    """A line for each pattern that a caller declares and no test saw it ask."""
    return [
        f"{caller} declares {name}, and no test saw it ask: test it, or take it out of @asks(...)"
        for caller, names in sorted(declared.items())
        for name in sorted(names)
        if (caller, name) not in seen and (caller, name) not in NOT_SEEN
    ]


def is_whole(args: Sequence[str], *selections: object) -> bool:
    """Whether a run with these paths and selections runs all of tests/app."""
    folders = {Path(each).resolve() for each in args}
    return not any(selections) and any(each in folders for each in (ROOM, *ROOM.parents))


NARROWING = ("keyword", "markexpr", "deselect", "ignore", "lf", "collectonly", "maxfail")


def _runs_all(config: pytest.Config) -> bool:
    narrowed = (getattr(config.option, name, None) for name in NARROWING)
    return is_whole(config.args, *narrowed)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of xdist has ended."""
    sent: list[tuple[str, str]] = getattr(node, "workeroutput", {}).get("asked", [])
    seen_pairs(node.config).update((caller, name) for caller, name in sent)


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    output: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if output is not None:
        output["asked"] = sorted(seen_pairs(config))
    elif _runs_all(config) and session.exitstatus in {0, 1}:
        from scripts.docs.callers import declarations  # it imports the whole app

        config.stash[UNSEEN] = never_asked(declarations(), seen_pairs(config))
        if config.stash[UNSEEN]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in _report(config):
        terminalreporter.write_line(line)


def _report(config: pytest.Config) -> Iterator[str]:
    unseen = config.stash.get(UNSEEN, None)
    if unseen is not None:
        yield f"declared patterns: {len(seen_pairs(config))} pairs seen, {len(unseen)} never asked"
        yield from unseen
