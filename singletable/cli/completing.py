"""`singletable completion`: what makes a shell complete commands, options and files."""

from __future__ import annotations

from argparse import PARSER, Action, ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, cast

from singletable.cli.usage import MissingExtra

SHELLS = ("bash", "zsh", "tcsh")
_FILES = frozenset({"FILE", "PATH"})
_FOLDERS = frozenset({"DIR"})


def completion_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=", ".join(SHELLS))


def completion(options: Namespace, build_parser: Callable[[], ArgumentParser]) -> int:
    """Prints the script of a shell; `MissingExtra` without shtab."""
    try:
        shtab: Any = import_module("shtab")
    except ModuleNotFoundError:
        raise MissingExtra(
            "completion needs shtab, which is not installed: pip install 'singletable[cli]'"
        ) from None
    parser = build_parser()
    for action in _actions(parser):
        if action.metavar in _FILES | _FOLDERS:
            vars(action)["complete"] = shtab.FILE if action.metavar in _FILES else shtab.DIRECTORY
    print(shtab.complete(parser, shell=options.shell))
    return 0


def _actions(parser: ArgumentParser) -> Iterator[Action]:
    """The options and arguments of the parser and of all its commands."""
    for action in parser._actions:
        yield action
        commands = cast("Mapping[str, object]", action.choices if action.nargs == PARSER else {})
        for command in commands.values():
            if isinstance(command, ArgumentParser):
                yield from _actions(command)
