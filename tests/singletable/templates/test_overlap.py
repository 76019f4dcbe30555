"""Which templates can produce one text: the cases that matter, by name."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from singletable import Table
from singletable.errors.declaration import KeyCollision
from singletable.formats import infer_format, integer, slug, text
from singletable.patterns import declarations_of
from singletable.templates import Template, compile_template, may_coincide, may_start_with
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

FORMATS = {
    "a": text(),
    "b": text(),
    "slug": slug(),
    "n": integer(0, 99),
    "colour": infer_format(Literal["red", "blue"]),
}


def template(source: str, **options: Any) -> Template:
    return compile_template(source, FORMATS, where="Thing.key", limit=1024, **options)


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("A#{a}", "B#{a}", False),
        ("A#{a}", "A#{a}#B", False),
        ("A#{a}", "A#{b}", True),
        ("A#{a}", "{a}#{b}", True),
        ("A", "{n}", False),
        ("07", "{n}", True),
        ("{slug}", "POST", False),
        ("{colour}", "{n}", False),
        ("{colour}", "blue", True),
        ("{colour}#{a}", "green#{b}", False),
        ("A{a}", "B{a}", False),
        ("A{a}", "AB{a}", True),
        ("A#{a}#", "A#{b}", False),
    ],
)
def test_two_templates_coincide_only_cell_by_cell(one: str, other: str, answer: bool) -> None:
    """As many cells, and in each a text that fits both."""
    assert may_coincide(template(one), template(other), "#") is answer
    assert may_coincide(template(other), template(one), "#") is answer


@pytest.mark.parametrize(
    ("prefix", "count", "other", "answer"),
    [
        ("EMP#{a}", 0, "EMPLOYEES#{a}", False),
        ("EMP{a}", 0, "EMPLOYEES#{a}", True),
        ("EMP#{a}", 0, "EMP", False),
        ("{a}#{b}", 0, "X#{a}", True),
        ("{a}#{b}", 1, "X", False),
        ("{a}#{b}", 1, "X#{a}", True),
        ("{colour}#{b}", 1, "POST#{a}", False),
        ("V#{a}#{b}", 1, "V#{a}#{b}#{n}", True),
        ("V#{a}", 1, "V#{b}", True),
        ("V#{a}", 1, "V#{b}#{n}", False),
    ],
)
def test_a_prefix_ends_at_a_delimiter(prefix: str, count: int, other: str, answer: bool) -> None:
    """The collection `EMP#` never runs into `EMPLOYEES#`."""
    assert may_start_with(template(prefix), count, template(other), "#") is answer


def test_a_natural_text_may_look_like_any_key() -> None:
    """Its values may contain the delimiter, so cells prove nothing."""
    natural = template("{a}", natural=True)
    assert may_coincide(natural, template("USER#{b}"), "#")
    assert may_coincide(template("USER#{b}"), natural, "#")
    assert may_start_with(template("USER#{a}#{b}"), 0, natural, "#")
    assert not may_coincide(template("{slug}", natural=True), template("USER#{b}"), "#")


def test_a_natural_key_that_can_be_forged_is_a_collision() -> None:
    """A name `USER#x` would be the key of user x."""
    table = Table("clinic", partition_key="name", sort_key=None)
    make(table, {"name": str, "key": table.primary.key("{name}")}, "Named")
    with raises(KeyCollision, where="User.key", declared="can be the same key"):
        make(table, {"user": str, "key": table.primary.key("USER#{user}")}, "User")
    assert list(declarations_of(table).entities) == ["Named"]
