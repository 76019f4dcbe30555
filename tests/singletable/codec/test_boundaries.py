"""Where one stored form ends and the next begins, and what is just beyond."""

from __future__ import annotations

import ipaddress
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime, BaseModel, Field, HttpUrl

from singletable.codec import compile_coder
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import UnstorableValue


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog", "wolf"] = "dog"
    size: Literal[1, 2] = 1


class Bird(BaseModel):
    kind: Literal["bird"] = "bird"


class Stray(BaseModel):
    kind: Literal["stray", None] = "stray"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**38 - 1, "9" * 38),
        (10**38, "1E+38"),
        (-(10**38), "-1E+38"),
        (12345678901234567890123456789012345678000, "1.2345678901234567890123456789012345678E+40"),
        (10**125, "1E+125"),
        (Decimal("1E+37"), "1" + "0" * 37),
        (Decimal("1E+38"), "1E+38"),
        (Decimal("1E-37"), "0." + "0" * 36 + "1"),
        (Decimal("1E-38"), "1E-38"),
    ],
)
def test_a_long_number_has_one_stored_form(value: Any, text: str) -> None:
    """Plain digits up to 38, beyond with an exponent; a whole number as the decimal."""
    coder = compile_coder(type(value), "T.x")
    assert coder.encode(value) == {"N": text}
    assert coder.decode({"N": text}) == value
    assert compile_coder(Decimal, "T.x").encode(Decimal(value)) == {"N": text}


@pytest.mark.parametrize("value", [10**38 + 1, 10**126, 10**5000, -(10**126)], ids=range(4))
def test_a_whole_number_beyond_is_refused(value: int) -> None:
    """More than 38 significant digits, or beyond the range."""
    for annotation in (int, Decimal):
        with pytest.raises(UnstorableValue):
            compile_coder(annotation, "T.x").encode(value)


@pytest.mark.parametrize(
    ("annotation", "wire"),
    [
        (dict[int, str], {"1": {"S": "a"}, "1.0": {"S": "b"}}),
        (dict[int, str], {"01": {"S": "a"}, "1": {"S": "b"}}),
        (
            dict[AwareDatetime, str],
            {"2026-03-01T12:00:00Z": {"S": "a"}, "2026-03-01T13:00:00+01:00": {"S": "b"}},
        ),
        (dict[int, str], {"one": {"S": "a"}}),
        (dict[int, str], {"1e9": {"S": "a"}, "": {"S": "b"}}),
    ],
)
def test_names_that_are_no_keys_or_one_and_the_same_are_malformed(
    annotation: Any, wire: Any
) -> None:
    """Otherwise one of two entries would be dropped."""
    with pytest.raises(ValueError, check=lambda error: type(error) is ValueError):
        compile_coder(annotation, "T.x").decode({"M": wire})


def test_a_key_of_a_number_is_its_text() -> None:
    """The one that the number itself has."""
    assert compile_coder(dict[int, str], "T.x").encode({-5: "a"}) == {"M": {"-5": {"S": "a"}}}
    assert compile_coder(dict[float, str], "T.x").decode({"M": {"1.5": {"S": "a"}}}) == {1.5: "a"}


@pytest.mark.parametrize(("sign", "most"), [("a", 65535), ("é", 32767)])
def test_a_name_may_have_65535_bytes(sign: str, most: int) -> None:
    """Of UTF-8."""
    coder = compile_coder(dict[str, int], "T.x")
    assert coder.encode({sign * most: 1}) is not None
    with pytest.raises(UnstorableValue):
        coder.encode({sign * (most + 1): 1})


def test_records_are_told_apart_by_a_literal_of_each() -> None:
    """Also in unions of unions, and by the stored value alone."""
    pair = Annotated[Cat | Dog, Field(discriminator="kind")]
    coder = compile_coder(pair | Bird | None, "T.x")
    for value in (Cat(), Dog(kind="wolf"), Bird()):
        wire = coder.encode(value)
        assert wire is not None
        assert type(value).model_validate(coder.decode(wire)) == value
    assert (coder.tags, coder.absent) == ({"M"}, None)


@pytest.mark.parametrize(
    "found", [None, {"S": "cow"}, {"N": "1"}, {"L": []}, {"S": "cat", "N": "1"}, {"M": {}}, "cat"]
)
def test_a_record_of_no_known_kind_is_malformed(found: Any) -> None:
    """Whatever stands where its kind should stand."""
    wire = {"M": {} if found is None else {"kind": found}}
    with pytest.raises(ValueError, check=lambda error: type(error) is ValueError):
        compile_coder(Cat | Dog, "T.x").decode(wire)


@pytest.mark.parametrize("union", [Cat | Stray, Stray | Bird, Cat | Dog | Stray])
def test_a_literal_that_may_be_none_tells_no_records_apart(union: Any) -> None:
    """None is stored as no attribute, as a field that is missing is."""
    with pytest.raises(UnsupportedAnnotation, check=lambda error: "Literal" in error.declared):
        compile_coder(union, "T.x")


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (ipaddress.IPv4Address, ipaddress.IPv4Interface("10.0.0.1/8")),
        (ipaddress.IPv4Address, "10.0.0.1"),
        (ipaddress.IPv6Address, ipaddress.IPv4Address("10.0.0.1")),
        (HttpUrl, "http://a.b"),
        (Path, "a"),
        (Path, Path("\udcff")),
    ],
)
def test_an_address_of_another_class_is_refused(annotation: Any, value: Any) -> None:
    """It would come back as the declared one; text that UTF-8 cannot carry is none."""
    with pytest.raises(UnstorableValue):
        compile_coder(annotation, "T.x").encode(value)


@pytest.mark.parametrize(
    ("annotation", "wire"),
    [
        (ipaddress.IPv4Address, {"S": "10.0.0.256"}),
        (ipaddress.IPv4Network, {"S": "10.0.0.1/8"}),
        (HttpUrl, {"S": "ftp://a.b"}),
        (HttpUrl, {"S": ""}),
        (Any, {"NULL": 1}),
        (Any, {"NULL": False}),
    ],
)
def test_a_malformed_address_is_a_value_error(annotation: Any, wire: Any) -> None:
    """No error of Pydantic's or of the standard library's own."""
    with pytest.raises(ValueError, check=lambda error: type(error) is ValueError):
        compile_coder(annotation, "T.x").decode(wire)


def test_plain_values_are_told_apart_by_their_text() -> None:
    """Whole numbers are ints, with a minus or without; others are decimals."""
    coder = compile_coder(Any, "T.x")
    found = [coder.decode({"N": text}) for text in ("-5", "5", "5.0", "-0.5")]
    assert [type(each) for each in found] == [int, int, Decimal, Decimal]
    assert compile_coder(int | None, "T.x").tags == {"N"}
