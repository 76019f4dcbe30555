"""What a template's text may be."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from singletable.errors.declaration import InvalidTemplate, UnknownTemplateField
from singletable.errors.request import InvalidKeyValue
from singletable.formats import day, escaped_text, infer_format, integer, slug, text
from singletable.templates import Template, compile_template
from tests.singletable.raises import raises

FORMATS = {
    "name": text(),
    "slug": slug(),
    "day": day(),
    "n": integer(-9, 9),
    "mark": infer_format(StrEnum("Mark", {"A": "#a", "B": "#b"})),
}


def compiled(source: str, **options: Any) -> Template:
    return compile_template(source, FORMATS, where="Thing.key", limit=1024, **options)


@pytest.mark.parametrize(
    ("source", "declared"),
    [
        ("", "the template is empty"),
        ("{}", "{} is not the plain name"),
        ("{0}", "{0} is not the plain name"),
        ("{name.first}", "not the plain name"),
        ("{name[0]}", "not the plain name"),
        ("{name!r}", "not the plain name"),
        ("{n:03}", "not the plain name"),
        ("{name", "expected '}'"),
        ("name}", "Single '}'"),
        ("{name}#{name}", "names name twice"),
        ("{slug}-{n}", "values of slug may contain '-'"),
        ("{mark}", "values of mark may contain '#'"),
        ("{mark}#{n}", "values of mark may contain '#'"),
        ("{name}{n}", "puts name of varying width directly before n"),
    ],
)
def test_a_template_that_cannot_be_read_back_is_refused(source: str, declared: str) -> None:
    """Before any value is rendered, naming the place and what is wrong."""
    with raises(InvalidTemplate, where="Thing.key", declared=declared):
        compiled(source)


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    """A typing error names its correction."""
    with raises(
        UnknownTemplateField,
        where="Thing.key",
        declared="names 'nmae'",
        allowed="day, mark, n, name",
    ):
        compiled("T#{nmae}")


def test_a_part_of_fixed_width_may_contain_what_follows_it() -> None:
    """`2020-02-01-x`: the day ends after ten characters."""
    template = compiled("{day}-{name}")
    values = {"day": date(2020, 2, 1), "name": "-x"}
    assert template.render(values) == "2020-02-01--x"
    assert template.parse("2020-02-01--x") == values


def test_a_part_of_varying_width_ends_at_what_follows_it() -> None:
    """Which its values can therefore not contain."""
    template = compiled("{name}:{n}")
    assert template.render({"name": "x", "n": -1}) == "x:09"
    with raises(
        InvalidKeyValue, where="Thing.key", field="name", value="x:1", reason="contains ':'"
    ):
        template.render({"name": "x:1", "n": -1})


@pytest.mark.parametrize("text_", ["", "x", "y:15", "x:15#", "x:5", "x:29", ":15", "#:15"])
def test_text_that_does_not_fit_is_not_parsed(text_: str) -> None:
    """A ValueError, whatever is wrong with it."""
    with pytest.raises(ValueError):
        compiled("x{name}:{n}").parse(text_)


def test_another_delimiter_takes_the_place_of_the_hash() -> None:
    """Then `#` is a character like any other."""
    template = compiled("T|{name}|{n}", delimiter="|")
    assert template.render({"name": "a#b", "n": 1}) == "T|a#b|11"
    with raises(
        InvalidKeyValue, where="Thing.key", field="name", value="a|b", reason="contains '|'"
    ):
        template.render({"name": "a|b", "n": 1})


def test_escaped_text_needs_a_separator_that_it_escapes() -> None:
    """With `:` it would merely refuse what it is there to allow."""
    formats = {"name": escaped_text()}
    compile_template("A#{name}", formats, where="A.key", limit=1024)
    with raises(InvalidTemplate, where="A.key", declared="escapes characters up to '$'"):
        compile_template("A:{name}", formats, where="A.key", limit=1024, delimiter=":")
