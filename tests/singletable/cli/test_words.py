"""Options before the command, and names that no table can have."""

from __future__ import annotations

import pytest

from singletable.cli.parser import put_command_first
from tests.singletable.cli.conftest import Run


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        ("--design x explain posts.by_id", "explain --design x posts.by_id"),
        ("--design=x explain posts.by_id", "explain --design=x posts.by_id"),
        ("--design docs explain posts.by_id", "explain --design docs posts.by_id"),
        ("--json --limit 3 explain a.b n=1", "explain --json --limit 3 a.b n=1"),
        ("--check docs", "docs --check"),
        ("--check template.yaml table", "table --check template.yaml"),
        ("--help explain", "explain --help"),
        ("explain docs --json", "explain docs --json"),
        ("--version", "--version"),
        ("--design x", "--design x"),
        ("--design x nonsense", "--design x nonsense"),
        ("", ""),
    ],
)
def test_the_command_comes_first(words: str, ordered: str) -> None:
    """Wherever it is written; what is no command stays where it is."""
    assert put_command_first(words.split()) == ordered.split()


def test_a_design_may_be_named_before_the_command(run: Run) -> None:
    """The same output."""
    after = run("table", "--design", "tests.singletable.library:library")
    before = run("--design", "tests.singletable.library:library", "table")
    assert (before.code, before.out) == (after.code, after.out)
    assert before.code == 0


@pytest.mark.parametrize("name", ["a b", "ab", "", "x" * 256, "a/b", "abc\n", "täble"])
@pytest.mark.parametrize(
    "command",
    [
        ("table", "--name"),
        ("table", "--ttl", "--name"),
        ("table", "--format", "cloudformation", "--name"),
        ("table", "--format", "terraform", "--name"),
        ("drift", "--endpoint", "http://127.0.0.1:9", "--table"),
        ("explain", "books.by_id", "--example", "--table"),
    ],
)
def test_what_can_be_no_name_is_refused(run: Run, command: tuple[str, ...], name: str) -> None:
    """Exit code 2, before anything is printed or asked."""
    ran = run(*command, name)
    assert (ran.code, ran.out) == (2, "")


def test_a_table_may_be_asked_by_its_arn(run: Run) -> None:
    """As DynamoDB takes it; it can make none of that name."""
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/library-prod"
    assert run("explain", "books.by_id", "--example", "--table", arn).code == 0
    assert run("table", "--name", arn).code == 2


def test_a_command_that_there_is_not(run: Run) -> None:
    """Names the one that was meant."""
    ran = run("pattern", design=None)
    assert (ran.code, ran.out) == (2, "")
    assert "there is no command 'pattern'; did you mean patterns?" in ran.err


def test_help_is_shown_to_those_who_say_nothing(run: Run) -> None:
    ran = run(design=None)
    assert (ran.code, ran.err) == (2, "")
    assert ran.out.startswith("usage: singletable")
