"""What holds for every template over every format."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from singletable.errors.declaration import InvalidTemplate
from singletable.formats import HIGHEST
from singletable.formats.text import EscapedText
from singletable.languages.expressions import literal
from singletable.operations.reads.key_conditions import keeps_order
from singletable.templates import Language, compile_template, shared_text
from tests.singletable.properties.strategies import (
    KINDS,
    LETTERS,
    TEXTS,
    Case,
    Kind,
    cases,
    fitting,
    reads,
)

PLACE: Any = {"where": "Thing.key", "limit": 2048}
SOME = settings(
    max_examples=250,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
OF_EACH_KIND = settings(SOME, max_examples=100)
"""More than a thousand in all: there are fifteen kinds."""


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
@OF_EACH_KIND
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
def test_templates_with_a_common_text_share_one(case: Case, data: Any) -> None:
    """The proof that two keys differ never holds where an example shows that they do not."""
    text = case.template.render(case.values(data.draw))
    other = data.draw(fitting(text))
    assert shared_text(case.template.language, other.language) is not None


@SOME
@given(cases(), cases())
def test_a_shared_text_is_one_of_both(one: Case, other: Case) -> None:
    """Both templates read it, and write it again; so no refusal is for nothing."""
    text = shared_text(one.template.language, other.template.language)
    if text is not None:
        for template in (one.template, other.template):
            assert template.render(template.parse(text)) == text


@SOME
@given(cases(), st.data(), st.integers(0, 2), st.text("A#a1-$B", max_size=4))
def test_a_key_within_a_prefix_is_met(case: Case, data: Any, count: int, tail: str) -> None:
    """The proof that a query meets no other entity never holds where an example shows one."""
    count = min(count, len(case.template.parts) - 1)
    values = case.values(data.draw)
    known = {field: values[field] for field in case.template.fields[:count]}
    text = case.template.prefix(known) + tail
    assume(text)
    asked = case.template.language_asked(count, None, None, {})
    assert shared_text(asked, data.draw(fitting(text)).language) is not None


@pytest.mark.parametrize("kind", KINDS, ids=str)
@OF_EACH_KIND
@given(st.data(), st.booleans(), st.booleans())
def test_a_key_between_two_ends_is_met(
    kind: Kind, data: Any, has_low: bool, has_high: bool
) -> None:
    """Whatever the values of a range, nothing between them is thought to be out of reach."""
    template = compile_template("{f0}#{f1}", {"f0": kind.format, "f1": KINDS[0].format}, **PLACE)
    (part, _), low, high = template.parts, data.draw(kind.values), data.draw(kind.values)
    try:
        texts = [part.encode(low), part.encode(high) + "#" + HIGHEST]
    except ValueError:
        return
    between = data.draw(kind.values.map(kind.format.encode) | TEXTS)
    assume((not has_low or texts[0] <= between) and (not has_high or between <= texts[1]))
    asked = template.language_asked(
        0, "value" if has_low else None, "value" if has_high else None, {}
    )
    stored = Language(lambda: [literal(between).automaton])
    assert shared_text(asked, stored) == between


@pytest.mark.parametrize("kind", KINDS, ids=str)
@OF_EACH_KIND
@given(st.data())
def test_a_language_has_the_text_of_every_value_and_no_other(kind: Kind, data: Any) -> None:
    """What `decode` refuses is in no language, what `encode` writes always is."""
    text = data.draw(kind.values.map(kind.format.encode) | mutated(kind))
    stored = Language(lambda: [literal(text).automaton])
    has_text = shared_text(Language(lambda: [kind.format.language]), stored) is not None
    assert has_text == reads(kind.format, text)


def mutated(kind: Kind) -> st.SearchStrategy[str]:
    """Texts of values in which one character is another one."""
    return st.builds(
        lambda value, at, new: new.join([value[: at % len(value)], value[at % len(value) + 1 :]]),
        kind.values.map(kind.format.encode),
        st.integers(0, 40),
        LETTERS | st.sampled_from("0123456789"),
    ).filter(bool)
