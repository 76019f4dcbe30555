"""docs/commands.md, held against the parser."""

from __future__ import annotations

import re
import shlex
from argparse import ArgumentParser
from pathlib import Path

import pytest

from singletable.cli.parser import COMMANDS, build_parser
from singletable.cli.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "commands.md").read_text()
LINES = re.findall(r"^\$ singletable (.*)$", PAGE, re.MULTILINE)


def options(name: str) -> set[str]:
    parser = ArgumentParser(add_help=False)
    next(command for command in COMMANDS if command.name == name).options(parser)
    return set(re.findall(r"--[a-z]+", parser.format_usage()))


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_and_option_is_documented(name: str) -> None:
    """Under a heading of its own."""
    told = PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert told
    assert {option for option in options(name) if option not in told} == set()


def test_every_setting_is_documented() -> None:
    """As it is written in pyproject.toml."""
    for name in ("design", "callers", "errors", "functions"):
        assert hasattr(Settings(Path()), name)
        assert re.search(rf"^({name} = |\[tool\.singletable\.{name}\])", PAGE, re.MULTILINE)


@pytest.mark.parametrize("line", LINES)
def test_every_line_shown_is_a_command(line: str) -> None:
    """The parser takes it as it stands."""
    words = shlex.split(line.partition(" > ")[0], comments=True)
    assert build_parser().parse_args(words).command


def test_lines_are_shown() -> None:
    """The pattern above finds them."""
    assert len(LINES) > 10
