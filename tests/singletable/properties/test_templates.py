"""What holds for every template over every format."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from singletable.errors.declaration import InvalidTemplate
from singletable.formats.text import EscapedText
from singletable.operations.reads.key_conditions import keeps_order
from singletable.templates import compile_template, may_coincide, may_start_with
from tests.singletable.properties.strategies import KINDS, Case, Kind, cases, fitting

SOME = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@SOME
@given(cases(), st.data())
def test_what_is_rendered_is_read_back(case: Case, data: Any) -> None:
    """parse(render(x)) = x; so distinct identities have distinct keys."""
    values = case.values(data.draw)
    assert case.template.parse(case.template.render(values)) == values


@SOME
@given(cases(), st.text("A#a1-$B", max_size=8))
def test_what_is_read_is_rendered_back(case: Case, text: str) -> None:
    """Only text that some values render to is read."""
    try:
        values = case.template.parse(text)
    except ValueError:
        return
    assert case.template.render(values) == text


@SOME
@given(cases(), st.data(), st.integers(0, 3))
def test_a_prefix_is_closed(case: Case, data: Any, count: int) -> None:
    """A key starts with the prefix of some leading values if and only if it has those values."""
    count = min(count, len(case.template.parts) - 1)
    leading = case.template.fields[:count]
    one, other = case.values(data.draw), case.values(data.draw)
    if data.draw(st.booleans()):
        other |= {field: one[field] for field in leading}
    prefix = case.template.prefix({field: one[field] for field in leading})
    starts = case.template.render(other).startswith(prefix)
    assert starts == all(one[field] == other[field] for field in leading)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.format.ordered], ids=str)
@SOME
@given(st.data())
def test_text_order_is_value_order(kind: Kind, data: Any) -> None:
    """By UTF-8 bytes, as DynamoDB compares."""
    one, other = data.draw(kind.values), data.draw(kind.values)
    texts = [kind.format.encode(value).encode() for value in (one, other)]
    assert (texts[0] < texts[1]) == (kind.rank(one) < kind.rank(other))
    assert (texts[0] == texts[1]) == (one == other)


@pytest.mark.parametrize(("kind", "after"), list(product(KINDS, ["#", "-", "#B#", "~"])), ids=str)
@settings(SOME, max_examples=25)
@given(st.data())
def test_order_is_kept_within_a_longer_key(kind: Kind, after: str, data: Any) -> None:
    """Whatever follows the part, wherever the engine says that ranges on it are possible."""
    source = "A#{f0}" + after + "{f1}"
    formats = {"f0": kind.format, "f1": KINDS[0].format}
    try:
        template = compile_template(source, formats, where="x", limit=1024)
    except InvalidTemplate:
        escaped = isinstance(kind.format, EscapedText) and after[0] > "$"
        assert escaped or set(after) & (kind.format.alphabet or set())
        return
    if not keeps_order(template.parts[0]):
        return
    case = Case(template, {"f0": kind, "f1": KINDS[0]})
    one, other = case.values(data.draw), case.values(data.draw)
    assume(one["f0"] != other["f0"])
    keys = [template.render(values).encode() for values in (one, other)]
    assert (keys[0] < keys[1]) == (kind.rank(one["f0"]) < kind.rank(other["f0"]))


@SOME
@given(cases(), st.data())
def test_templates_with_a_common_text_may_coincide(case: Case, data: Any) -> None:
    """The proof that two keys differ never holds where an example shows that they do not."""
    text = case.template.render(case.values(data.draw))
    other = data.draw(fitting(text))
    assert may_coincide(case.template, other, "#")
    assert may_coincide(other, case.template, "#")


@SOME
@given(cases(), st.data(), st.integers(0, 2), st.text("A#a1-$B", max_size=4))
def test_a_key_within_a_prefix_may_start_with_it(
    case: Case, data: Any, count: int, tail: str
) -> None:
    """The proof that a query meets no other entity never holds where an example shows one."""
    count = min(count, len(case.template.parts) - 1)
    values = case.values(data.draw)
    known = {field: values[field] for field in case.template.fields[:count]}
    text = case.template.prefix(known) + tail
    assume(text)
    assert may_start_with(case.template, count, data.draw(fitting(text)), "#")


@SOME
@given(cases(), cases(), st.data())
def test_templates_that_cannot_coincide_render_distinct_texts(
    one: Case, other: Case, data: Any
) -> None:
    """Across entities too, distinct identities give distinct keys."""
    if not may_coincide(one.template, other.template, "#"):
        texts = [case.template.render(case.values(data.draw)) for case in (one, other)]
        assert texts[0] != texts[1]
