"""Text of the shape of an expression: what it promises, and what is refused."""

from __future__ import annotations

import re
import time
from typing import Annotated, Any

import pytest

from singletable import Table
from singletable.errors import InvalidFormat, InvalidOperation, KeyCollision
from singletable.errors.declaration import InvalidTemplate
from singletable.formats import Shaped, printed, shaped, slug, ulid
from singletable.formats.measure import Matcher
from singletable.languages.pattern import compile_pattern
from tests.singletable.clinic.making import key_of, keyed, make

DIGITS, LETTERS = frozenset("0123456789"), frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.parametrize(
    ("expression", "example", "least", "most", "alphabet", "is_fixed"),
    [
        ("[A-Z]{3}", "JFK", 3, 3, LETTERS, True),
        ("P[0-9]{1,9}", "P1", 2, 10, DIGITS | {"P"}, False),
        ("[0-9]{4}-W[0-5][0-9]", "2020-W01", 8, 8, DIGITS | set("-W"), True),
        ("x+", "x", 1, None, {"x"}, False),
        ("(?:ab|cde)?f", "f", 1, 4, set("abcdef"), False),
        ("é|ab", "é", 2, 2, set("éab"), False),
        ("a|b{2}|(?P<rest>c{0,3})d", "d", 1, 4, set("abcd"), False),
        ("^A$", "A", 1, 1, {"A"}, True),
        ("[^#]{2}", "ab", 2, 8, None, False),
    ],
)
def test_lengths_and_characters_follow_from_the_expression(
    expression: str, example: str, least: int, most: int | None, alphabet: Any, is_fixed: bool
) -> None:
    """In bytes, of the shortest and the longest text."""
    known = shaped(expression, example=example)
    assert (known.min_bytes, known.max_bytes, known.fixed_width) == (least, most, is_fixed)
    assert known.alphabet == alphabet
    assert known.example("field") == example
    assert known.encode(example) == example


BAD: dict[str, tuple[Any, Any, str]] = {
    "no expression": ("[A-Z", "JFK", "unterminated character set"),
    "look-ahead": ("(?=J)[A-Z]{3}", "JFK", "'(?='"),
    "a back reference": (r"([A-Z])\1", "AA", r"'\\1'"),
    "a word's end": (r"[A-Z]\b", "A", r"'\\b'"),
    "flags": ("(?i)[a-z]", "A", "'(?i'"),
    "the empty text": ("[A-Z]*", "JFK", "matches the empty text"),
    "no text": (r"[^\s\S]", "JFK", "matches no text"),
    "a long repetition": ("a{3000}", "a", "3000 characters"),
    "nested repetitions": ("((a{50}){50}){50}", "a", "125000 characters"),
    "deep nesting": ("(" * 3000 + "a" + ")" * 3000, "a", "nested too deep"),
    "another example": ("[A-Z]{3}", "Jfk", "the example 'Jfk' is not of the shape '[A-Z]{3}'"),
    "a longer example": ("[A-Z]{3}", "JFKX", "the example 'JFKX'"),
    "no example": ("[A-Z]{3}", None, "the example None"),
    "bytes": (b"[A-Z]{3}", "JFK", "b'[A-Z]{3}'"),
}


@pytest.mark.parametrize(("expression", "example", "reason"), BAD.values(), ids=BAD)
def test_what_is_no_shape_is_refused(expression: Any, example: Any, reason: str) -> None:
    """With what is wrong, and what is allowed."""
    with pytest.raises(InvalidFormat) as caught:
        shaped(expression, example=example)
    assert caught.value.where == "shaped"
    assert reason in caught.value.declared
    assert caught.value.allowed


@pytest.mark.parametrize(
    "expression", ["(a+)+b", "(a|a)*b", "(?:a*)*b", "a*a*a*a*b", "(a|ab|b)+c", ".*.*=.*b"]
)
def test_matching_takes_time_that_grows_with_the_text_alone(expression: str) -> None:
    """Also for expressions on which backtracking takes for ever."""
    known = shaped(
        expression, example="ab=b" if "=" in expression else "abc" if "c" in expression else "ab"
    )
    for text in ("a" * 100_000, "a" * 50_000 + "!", "ab" * 50_000):
        started = time.process_time()
        with pytest.raises(ValueError):
            known.encode(text + "\0")
        assert time.process_time() - started < 2


def test_a_matcher_forgets_before_it_grows_without_bound() -> None:
    """An expression whose sets of states are very many."""
    expression = "(?:a|b)*a(?:a|b){14}"
    matcher = Matcher(compile_pattern(expression))
    numbers = (f"{number * 7919 % 2**17:020b}" for number in range(400))
    texts = [number.replace("0", "a").replace("1", "b") for number in numbers]
    for text in texts:
        assert matcher.has(text) == (re.fullmatch(expression, text) is not None)
    assert len(matcher._known) <= 4096  # pyright: ignore[reportPrivateUsage]


def entity(template: str, sort: str = "ROOT", table: Table | None = None, **fields: Any) -> Any:
    return keyed(template, sort, table=table, **fields)


AIRPORT = Annotated[str, shaped("[A-Z]{3}", example="JFK")]
FLIGHT = Annotated[str, shaped("[A-Z]{2}[0-9]{1,4}", example="LH1")]


def test_entities_are_told_apart_by_shape_alone() -> None:
    """An airport, a flight and a number in keys without a prefix."""
    table = Table("flights", type_attribute=None)
    make(table, {"at": AIRPORT, "key": table.primary.key("{at}", "ROOT")}, "Airport")
    make(table, {"no": FLIGHT, "key": table.primary.key("{no}", "ROOT")}, "Flight")
    number = Annotated[int, printed()]
    make(table, {"no": number, "key": table.primary.key("{no}", "ROOT")}, "Gate")
    word = Annotated[str, shaped("[A-Z]{2,3}[0-9]?", example="ABC")]
    with pytest.raises(KeyCollision):
        make(table, {"word": word, "key": table.primary.key("{word}", "ROOT")}, "Word")


def test_printed_numbers_are_told_apart_by_their_bounds() -> None:
    """Exactly: 7 is in one of them."""
    table = Table("rooms", type_attribute=None)
    for name, low, high in (("Low", -5, 6), ("Middle", 8, 105), ("High", 106, 2000)):
        kind = Annotated[int, printed(low, high)]
        make(table, {"no": kind, "key": table.primary.key("R{no}", "ROOT")}, name)
    seven = make(
        table,
        {"no": Annotated[int, printed(7, 7)], "key": table.primary.key("R{no}", "ROOT")},
        "Seven",
    )
    assert key_of(seven(no=7)) == ("R7", "ROOT")
    with pytest.raises(KeyCollision):
        kind = Annotated[int, printed(105, 105)]
        make(table, {"no": kind, "key": table.primary.key("R{no}", "ROOT")}, "Once more")


def test_a_shape_of_one_width_needs_no_delimiter() -> None:
    """And one that has the delimiter cannot stand before it."""
    thing = entity("{origin}{target}", origin=AIRPORT, target=AIRPORT)
    assert key_of(thing(origin="JFK", target="LAX")) == ("JFKLAX", "ROOT")
    with pytest.raises(InvalidTemplate):
        entity(
            "{path}#{origin}", path=Annotated[str, shaped("[a-z#]+", example="a#b")], origin=AIRPORT
        )


def test_shapes_sort_as_text_and_are_ranged() -> None:
    """Where what follows them sorts before their characters."""
    thing = entity("A", "{at}#{no}", at=AIRPORT, no=FLIGHT)
    asked = thing.key.query().between(at=("AAA", "LAX"))
    assert asked
    mixed = entity("A", "{at}#{no}", at=Annotated[str, shaped('["A]+', example="A")], no=FLIGHT)
    with pytest.raises(InvalidOperation):
        mixed.key.query().at_least(at="A")
    with pytest.raises(InvalidOperation):
        asked.newest_first()
    weeks = shaped("[0-9]{4}-W[0-9]{2}", example="2026-W07", chronological=True)
    assert entity("A", "{week}", week=Annotated[str, weeks]).key.query().newest_first()


def test_a_shape_validates_its_field_and_describes_it() -> None:
    """In constructors, in reads, and in JSON schemas."""
    thing = entity("AIRPORT#{at}", at=AIRPORT)
    with pytest.raises(ValueError, match="such as 'JFK'"):
        thing(at="jfk")
    with pytest.raises(Exception, match="such as 'JFK'"):
        thing.key.get(at="jfk")
    field = thing.model_json_schema()["properties"]["at"]
    assert (field["pattern"], field["maxLength"]) == ("^(?:[A-Z]{3})$", 3)
    assert isinstance(shaped("[A-Z]{3}", example="JFK"), Shaped)


@pytest.mark.parametrize(
    ("format_", "part", "is_one"),
    [
        (shaped("[A-Z]{2}[0-9]{1,4}", example="LH1"), "LH", True),
        (shaped("[A-Z]{2}[0-9]{1,4}", example="LH1"), "LH1234", True),
        (shaped("[A-Z]{2}[0-9]{1,4}", example="LH1"), "L1", False),
        (shaped("[A-Z]{2}[0-9]{1,4}", example="LH1"), "LH12345", False),
        (shaped("[A-Z]{2}[0-9]{1,4}", example="LH1"), "", False),
        (ulid(), "01JD", True),
        (ulid(), "9", False),
        (slug(), "a-", True),
        (slug(), "-a", False),
        (slug(), "a--", False),
    ],
)
def test_a_beginning_begins_a_text_of_the_shape(format_: Shaped, part: str, is_one: bool) -> None:
    """Or finds nothing, and is refused."""
    if is_one:
        assert format_.encode_beginning(part) == part
        return
    with pytest.raises(ValueError):
        format_.encode_beginning(part)
