"""A query selects an item if and only if it asks for it: its entity, its values, its bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from singletable import Table, number
from singletable.errors.request import InvalidOperation
from singletable.operations.reads.key_conditions import keeps_order
from tests.singletable.clinic.conditions import selects
from tests.singletable.clinic.making import CONTEXT, item_of, make
from tests.singletable.properties.strategies import KINDS, Kind
from tests.singletable.raises import raises

SOME = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.sampled_from(["a", "V", "VIP", "\x00", "~", "zz", "\U0010fffe"])
RANGED = [kind for kind in KINDS if kind.format.ordered]


@cache
def ward(kind: Kind) -> tuple[Any, list[Any]]:
    """An entity of visits, and its neighbours in the same partition."""
    table = Table("clinic")
    primary = table.primary
    annotation = Annotated[type(kind.format.example("value")), kind.format]
    visit = make(
        table,
        {"value": annotation, "name": str, "key": primary.key("WARD", "VISIT#{value}#{name}")},
        "Visit",
    )
    neighbours = [
        make(table, {"name": str, "key": primary.key("WARD", template)}, entity)
        for entity, template in (
            ("Visitor", "VISITOR#{name}"),
            ("Visa", "VISA#{name}"),
            ("Ward", "VISIT"),
            ("Earlier", "VISIS#{name}"),
            ("Later", "VISIU#{name}"),
            ("Dollar", "VISIT${name}"),
            ("Quote", 'VISIT"{name}'),
        )
    ]
    return visit, neighbours


def _texts(kind: Kind, value: Any) -> Any:
    return value.replace("#", "x") if kind.format.name == "text" else value


@pytest.mark.parametrize("kind", RANGED, ids=str)
@SOME
@given(st.data())
def test_r1_a_range_selects_exactly_what_lies_within_its_bounds(kind: Kind, data: Any) -> None:
    """Both ends included; never a neighbour's item, never one more of its own."""
    visit, neighbours = ward(kind)
    part, _ = visit.key.compiled.sort[0].template.parts
    bounds = [_texts(kind, data.draw(kind.values)) for _ in range(2)]
    low, high = sorted(bounds, key=kind.rank)
    query = visit.key.query()
    if not keeps_order(part):
        with raises(InvalidOperation, where="Visit.key", declared="does not sort as its values do"):
            query.between(value=(low, high))
        return
    value = data.draw(st.sampled_from(bounds) | kind.values.map(lambda v: _texts(kind, v)))
    item = item_of(visit(value=value, name=data.draw(NAMES)))
    strangers = [item_of(each(name=data.draw(NAMES))) for each in neighbours]
    rank = kind.rank
    for asked, within in (
        (query.at_least(value=low), rank(low) <= rank(value)),
        (query.at_most(value=high), rank(value) <= rank(high)),
        (query.between(value=(low, high)), rank(low) <= rank(value) <= rank(high)),
        (query, True),
    ):
        (request,) = asked.requests(CONTEXT)
        parameters = dict(request.parameters)
        assert selects(parameters, item) == within
        assert not any(selects(parameters, stranger) for stranger in strangers)


@pytest.mark.parametrize("kind", KINDS, ids=str)
@SOME
@given(st.data())
def test_r3_equality_selects_the_value_alone(kind: Kind, data: Any) -> None:
    """A leading part is asked by its closed prefix: `1` never meets `10`."""
    visit, neighbours = ward(kind)
    wanted, value = (_texts(kind, data.draw(kind.values)) for _ in range(2))
    value = data.draw(st.sampled_from([wanted, value]))
    name, other = data.draw(NAMES), data.draw(NAMES)
    item = item_of(visit(value=value, name=other))
    strangers = [item_of(each(name=other)) for each in neighbours]
    for asked, fits in (
        (visit.key.query(value=wanted), value == wanted),
        (visit.key.query(value=wanted, name=name), (value, other) == (wanted, name)),
    ):
        (request,) = asked.requests(CONTEXT)
        assert selects(dict(request.parameters), item) == fits
        assert not any(selects(dict(request.parameters), each) for each in strangers)


@pytest.mark.parametrize("sort", ["{at}", "{at}#{name}", "V#{at}#{name}", "{at}~{name}", "{at}é"])
@pytest.mark.parametrize("annotation", [datetime, date])
@SOME
@given(moment=st.datetimes(), size=st.sampled_from([4, 7, 10]), name=NAMES, same=st.booleans())
def test_r3_through_february_includes_all_of_february(
    sort: str, annotation: Any, moment: datetime, size: int, name: str, same: bool
) -> None:
    """A partial bound stands for all that begins with it, whatever follows in the key."""
    table = Table("clinic")
    fields = {"at": annotation, "name": str, "key": table.primary.key("T", sort)}
    visit = make(table, fields, "Visit")
    at = moment.replace(tzinfo=UTC) if annotation is datetime else moment.date()
    text = at.isoformat()[:size]
    bound = text if same else "2020-02-10"[:size]
    item = item_of(visit(at=at, name=name.replace("#", "x").replace("~", "x")))
    for asked, within in (
        (visit.key.query().at_most(at=bound), text <= bound),
        (visit.key.query().at_least(at=bound), text >= bound),
        (visit.key.query().between(at=(bound, bound)), text == bound),
    ):
        (request,) = asked.requests(CONTEXT)
        assert selects(dict(request.parameters), item) == within


@SOME
@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(-5, 5))
def test_r3_a_natural_number_is_asked_as_a_number(value: int, one: int, other: int) -> None:
    """-5 is less than -1, and 10 more than 2."""
    table = Table("clinic", partition_key="ward", sort_key=number("bed"))
    fields = {"ward": str, "bed": int, "key": table.primary.key("{ward}", "{bed}")}
    bed = make(table, fields, "Bed")
    low, high = sorted((one, other))
    (request,) = bed.key.query(ward="w").between(bed=(low, high)).requests(CONTEXT)
    item = item_of(bed(ward="w", bed=value))
    assert selects(dict(request.parameters), item) == (low <= value <= high)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    """DynamoDB would refuse it too, in words of its own."""
    visit, _ = ward(KINDS[9])
    with raises(
        InvalidOperation, where="Visit.key", declared="a range on value that ends before it begins"
    ):
        visit.key.query().between(value=(9, 3)).requests(CONTEXT)


def test_r1_an_entity_that_mixes_is_refused() -> None:
    """When it could stand between the bounds of another's query."""
    table = Table("clinic")
    make(table, {"name": str, "key": table.primary.key("WARD", "VISIT#{name}#END")}, "Long")
    short = make(
        table, {"n": str, "m": str, "key": table.primary.key("WARD", "VISIT#{n}#{m}#X")}, "Short"
    )
    with raises(InvalidOperation, where="Short.key", declared="can meet items of Long"):
        short.key.query().requests(CONTEXT)
