"""Lines are as formatters leave them, and text of a design is nothing but text."""

from __future__ import annotations

import ast

import pytest

from singletable.emit.module.layout import call, chain, docstring, quoted, subscript


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a", '"a"'),
        ('say "a"', "'say \"a\"'"),
        ("it's", '"it\'s"'),
        ("\"'", '"\\"\'"'),
        ("back\\slash", '"back\\\\slash"'),
        ("\n\x00\u2028", '"\\n\\x00\\u2028"'),
        ("é漢", '"é漢"'),
    ],
)
def test_literals_have_the_text(text: str, literal: str) -> None:
    assert quoted(text) == literal
    assert ast.literal_eval(literal) == text


@pytest.mark.parametrize("text", ['"""', "a\nb", "ends with \\", 'a"', "\x00 x"])
def test_docstrings_stay_docstrings(text: str) -> None:
    made = docstring(text)
    assert isinstance(ast.literal_eval(made), str)
    assert "\n" not in made


def test_long_calls_have_a_line_for_each_argument() -> None:
    assert call("f", ["a", "b"]) == ["f(a, b)"]
    assert call("f", ["a" * 50, "b" * 50], ":") == [
        "f(",
        f"    {'a' * 50},",
        f"    {'b' * 50},",
        "):",
    ]
    assert subscript("A", ["b"]) == "A[b]"
    assert subscript("A", ["b" * 50, "c" * 50]).count("\n") == 3


def test_long_chains_are_steps() -> None:
    steps = [("where", ["x" * 40]), ("take", ["3"])]
    assert [*chain(("q", ["a"]), [("take", ["3"])], "    ")] == ["    return q(a).take(3)"]
    assert [*chain(("query", ["b" * 40]), steps, "    ")] == [
        f"    asked = query({'b' * 40})",
        f"    asked = asked.where({'x' * 40})",
        "    return asked.take(3)",
    ]
