"""One test for each promise about keys; the wider claims are properties beside this folder."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any

import pytest

from singletable import Table
from singletable.entity import schema_of
from singletable.errors.declaration import InvalidTemplate, UnusableKeyField
from singletable.errors.request import InvalidItem, InvalidKeyValue
from singletable.formats import escaped_text, integer, slug, text, ulid
from tests.singletable.clinic.making import item_of, key_of, keyed, make, sent
from tests.singletable.raises import raises

pytestmark = pytest.mark.quick_on_local


class Ward(StrEnum):
    EAST = "east"
    WEST = "West"


class Colour(str, Enum):  # noqa: UP042 - str() of such a member is not its value
    RED = "red"


@pytest.mark.parametrize(("team", "user"), [("a#b", "c"), ("a", "b#c"), ("#", "x"), ("x", "#")])
def test_k1_two_identities_never_share_a_key(team: str, user: str) -> None:
    """A value that holds the delimiter is refused, naming field and value."""
    thing = keyed("TEAM#{team}#USER#{user}", team=str, user=str)
    field, value = ("team", team) if "#" in team else ("user", user)
    with raises(InvalidKeyValue, where="Thing.key", field=field, value=value):
        key_of(thing(team=team, user=user))


def test_k1_a_declared_escape_keeps_identities_apart() -> None:
    """`escaped_text` lets the delimiter in, and still no two identities share a key."""
    thing = keyed(
        "TEAM#{team}#{user}",
        team=Annotated[str, escaped_text()],
        user=Annotated[str, escaped_text()],
    )
    pairs = [("a#b", "c"), ("a", "b#c"), ("a#b#c", "d"), ("a", "$S"), ("a$", "b"), ("a", "#")]
    keys = {key_of(thing(team=team, user=user)) for team, user in pairs}
    assert len(keys) == len(pairs)


def test_k1_a_reader_cannot_forge_a_delimiter_either() -> None:
    """What a write refuses, a read refuses."""
    thing = keyed("TEAM#{team}#{user}", team=str, user=str)
    with raises(
        InvalidKeyValue, where="Thing.key", field="team", value="a#b", reason="contains '#'"
    ):
        sent(thing.key.get(team="a#b", user="c"))


@pytest.mark.parametrize("template", ["{a}{b}", "T#{a}{b}", "{a}#{b}{c}"])
def test_k2_adjacent_parts_of_varying_width_are_refused(template: str) -> None:
    """Nothing in the text would say where one ends and the next begins."""
    with raises(InvalidTemplate, where="Thing.key", declared="directly before"):
        keyed(template, a=str, b=str, c=str)


def test_k2_a_part_of_fixed_width_ends_by_itself() -> None:
    """So it may stand directly before another one."""
    thing = keyed("T#{day}{name}", day=date, name=str)
    assert key_of(thing(day=date(2020, 2, 1), name="x"))[0] == "T#2020-02-01x"
    other = keyed("T#{day}-{name}", day=date, name=str)
    assert key_of(other(day=date(2020, 2, 1), name="x"))[0] == "T#2020-02-01-x"


def test_k3_case_is_kept() -> None:
    """Two names that differ in case alone are two keys."""
    thing = keyed("T#{name}", name=str)
    assert key_of(thing(name="Ada"))[0] == "T#Ada"
    assert key_of(thing(name="ada"))[0] == "T#ada"


def test_k3_a_lower_format_normalises_the_attribute_with_the_key() -> None:
    """Attribute and key never disagree."""
    thing = keyed("T#{name}", name=Annotated[str, text(lower=True)])
    ada = thing(name="Ada")
    assert (ada.name, key_of(ada)[0], item_of(ada)["name"]) == ("ada", "T#ada", {"S": "ada"})
    assert sent(thing.key.get(name="ADA"))["Key"]["PK"] == {"S": "T#ada"}


def test_k4_numbers_sort_as_numbers() -> None:
    """2, 10 and 100 come in that order, and negatives before them where declared."""
    thing = keyed("T", "{n}", n=Annotated[int, integer(-50, 100)])
    values = [-50, -7, -1, 0, 2, 10, 100]
    keys = [key_of(thing(n=value))[1] for value in values]
    assert keys == sorted(keys)
    assert len({len(key) for key in keys}) == 1


@pytest.mark.parametrize(
    "value", [-1, 100, 1.0, 1.5, float("nan"), Decimal("1.5"), True, "1", None]
)
def test_k4_what_is_no_number_in_range_is_refused(value: Any) -> None:
    """Out of range, undeclared negatives, fractions, NaN, `True` and text never become keys."""
    with pytest.raises(ValueError, match=r"is (not within|\w+, not a whole number)"):
        integer(0, 99).encode(value)


def test_k4_a_number_without_declared_range_is_no_key() -> None:
    """The width of its text would not be known."""
    with raises(
        UnusableKeyField,
        where="Thing.key",
        declared="n is int, which needs a format such as integer",
    ):
        keyed("T#{n}", n=int)


def test_k5_one_instant_in_two_offsets_is_one_key() -> None:
    """Keys are in UTC, of one width, and sort by time."""
    thing = keyed("T", "{at}", at=datetime)
    noon = datetime(2020, 2, 1, 12, tzinfo=UTC)
    tokyo = noon.astimezone(timezone(timedelta(hours=9)))
    assert key_of(thing(at=noon)) == key_of(thing(at=tokyo)) == ("T", "2020-02-01T12:00:00.000000Z")
    moments = [noon + timedelta(microseconds=n) for n in (-1, 0, 1, 10**6, 10**12)]
    keys = [key_of(thing(at=moment))[1] for moment in moments]
    assert keys == sorted(keys)


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (datetime(2020, 2, 1), "has no time zone"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), "outside the years 1 to 9999"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), "outside the years 1 to 9999"),
    ],
)
def test_k5_an_instant_without_a_place_in_time_is_refused(moment: datetime, reason: str) -> None:
    """A naive datetime has no order; some moments have no year in UTC."""
    thing = keyed("T", "{at}", at=datetime)
    with raises(InvalidKeyValue, where="Thing.key", field="at", reason=reason):
        sent(thing.key.get(at=moment))


def test_k6_none_leaves_the_item_out_of_the_index() -> None:
    """No half-written key, and no text `None`: both attributes are absent."""
    table = Table("clinic")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    thing = make(
        table,
        {
            "name": str,
            "ward": str | None,
            "key": table.primary.key("T#{name}", "T"),
            "by_ward": index.key("W#{ward}", "{name}"),
        },
        defaults={"ward": None},
    )
    assert item_of(thing(name="x")).keys() == {"entity", "name", "PK", "SK"}
    assert item_of(thing(name="x", ward="e")).items() >= {"GSI1SK": {"S": "x"}}.items()
    with raises(
        InvalidKeyValue, where="Thing.by_ward", field="ward", value=None, reason="is missing"
    ):
        sent(thing.by_ward.query(ward=None))


def test_k6_none_in_a_primary_key_is_refused() -> None:
    """When declared, and when a value slips past its annotation."""
    with raises(UnusableKeyField, where="Thing.key", declared="name may be None"):
        keyed("T#{name}", name=str | None)
    thing = keyed("T#{name}", name=str)
    with pytest.raises(InvalidItem):
        item_of(thing.model_construct(name=None))


def test_k7_an_empty_component_is_refused() -> None:
    """`T#` would be the key of every nameless thing."""
    thing = keyed("T#{name}", name=str)
    with raises(InvalidKeyValue, where="Thing.key", field="name", value="", reason="is empty"):
        key_of(thing(name=""))


@pytest.mark.parametrize(
    ("annotation", "value", "shown", "stored"),
    [
        (Ward, Ward.WEST, "West", {"S": "West"}),
        (bool, True, "true", {"BOOL": True}),
        (bool, False, "false", {"BOOL": False}),
        (Colour, Colour.RED, "red", {"S": "red"}),
        (Annotated[str, text()], Colour.RED, "red", {"S": "red"}),
        (Annotated[str, slug()], Colour.RED, "red", {"S": "red"}),
    ],
)
def test_k8_members_and_booleans_render_by_value(
    annotation: Any, value: Any, shown: str, stored: Any
) -> None:
    """In the key as in the attribute; never `Ward.WEST`, never `True`."""
    thing = keyed("T#{v}", v=annotation)
    item = item_of(thing(v=value))
    assert (item["PK"], item["v"]) == ({"S": f"T#{shown}"}, stored)
    assert sent(thing.key.get(v=value))["Key"]["PK"] == {"S": f"T#{shown}"}


@pytest.mark.parametrize(("partition", "sort", "limit"), [("{v}", "T", 2048), ("T", "{v}", 1024)])
def test_k9_the_length_of_a_key_is_checked_in_bytes(partition: str, sort: str, limit: int) -> None:
    """Before anything is sent; two bytes for an umlaut."""
    thing = keyed(partition, sort, v=str)
    assert key_of(thing(v="ä" * (limit // 2)))
    with raises(
        InvalidKeyValue,
        where="Thing.key",
        field="v",
        reason=f"{limit + 2} bytes; DynamoDB allows {limit}",
    ):
        key_of(thing(v="ä" * (limit // 2 + 1)))


def test_k9_a_template_that_never_fits_is_refused_when_declared() -> None:
    """What the declaration proves is not left to run time."""
    with raises(InvalidTemplate, where="Thing.key", declared="has at least 1036 bytes"):
        keyed("T", "X" * 1000 + "{day}{id}", day=date, id=Annotated[str, ulid()])


def test_k9_a_bounded_key_has_a_provable_length() -> None:
    """Formats with a width add up."""
    thing = keyed("T#{id}", "{name}", id=Annotated[str, ulid()], name=str)
    primary = schema_of(thing).primary
    assert primary.partition[0].template.max_bytes == 28
    assert primary.sort is not None
    assert primary.sort[0].template.max_bytes is None


@pytest.mark.parametrize("literal", ["tEaM", " spaced ", "ünï", "a{{b}}c", "%s", "x$y", "#"])
def test_k10_literal_text_is_never_changed(literal: str) -> None:
    """Not its case, not its spaces, not its signs."""
    thing = keyed(literal + "#{name}", name=str)
    written = literal.replace("{{", "{").replace("}}", "}")
    assert key_of(thing(name="x"))[0] == f"{written}#x"


@pytest.mark.parametrize(
    ("sort", "given", "prefix"),
    [
        ("{ward}#{name}", {"ward": "1"}, "1#"),
        ("V#{ward}#{name}", {"ward": "draft"}, "V#draft#"),
        ("V#{ward}#{name}", {}, "V#"),
        ("{ward}-{name}", {"ward": "1"}, "1-"),
    ],
)
def test_k11_a_segment_is_closed(sort: str, given: dict[str, str], prefix: str) -> None:
    """`1` never matches `10`, `draft` never `drafted`."""
    thing = keyed("T", sort, ward=str, name=str)
    request = sent(thing.key.query(**given))
    assert request["KeyConditionExpression"] == "#PK = :PK AND begins_with(#SK, :SK)"
    assert request["ExpressionAttributeValues"][":SK"] == {"S": prefix}


def test_k11_a_whole_key_is_asked_by_equality() -> None:
    """Its last part has no delimiter that would close it."""
    thing = keyed("T", "{ward}#{name}", ward=str, name=str)
    request = sent(thing.key.query(ward="1", name="1"))
    assert request["KeyConditionExpression"] == "#PK = :PK AND #SK = :SK"


def test_k12_natural_and_generic_attribute_names_mix() -> None:
    """A natural key attribute is the field itself, also beside a generic one."""
    table = Table("clinic", partition_key="name", sort_key="SK")
    index = table.global_index("ByWard", partition_key="GSI1PK", sort_key="seen")
    thing = make(
        table,
        {
            "name": str,
            "ward": str,
            "seen": datetime,
            "key": table.primary.key("{name}", "THING"),
            "by_ward": index.key("WARD#{ward}", "{seen}"),
        },
    )
    item = item_of(thing(name="a#b", ward="east", seen=datetime(2020, 2, 1, tzinfo=UTC)))
    assert item == {
        "entity": {"S": "Thing"},
        "name": {"S": "a#b"},
        "SK": {"S": "THING"},
        "ward": {"S": "east"},
        "seen": {"S": "2020-02-01T00:00:00.000000Z"},
        "GSI1PK": {"S": "WARD#east"},
    }
    assert schema_of(thing).decode(item) == thing(
        name="a#b", ward="east", seen=datetime(2020, 2, 1, tzinfo=UTC)
    )
