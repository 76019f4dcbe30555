"""`after` and `before` select what is greater and less, compared as Python compares the values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from singletable import Table, number
from singletable.errors.request import InvalidKeyValue, InvalidOperation
from singletable.operations.reads.key_conditions import keeps_order
from singletable.table import KeyAttribute
from tests.singletable.clinic.conditions import selects
from tests.singletable.clinic.making import CONTEXT, item_of, make, sent
from tests.singletable.properties.strategies import TEXTS, Case, Kind, cases
from tests.singletable.properties.test_queries import NAMES, RANGED, ward

SOME = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
LOWS = {"after": lambda value, end: value > end, "at_least": lambda value, end: value >= end}
HIGHS = {"before": lambda value, end: value < end, "at_most": lambda value, end: value <= end}


def _selects(query: Any, item: Any) -> bool:
    """Whether the query reads the item; a range whose ends are not in order is refused."""
    try:
        requests = query.requests(CONTEXT)
    except InvalidOperation as refused:
        assert "ends before" in refused.declared
        return False
    return any(selects(dict(request.parameters), item) for request in requests)


def _covers(kind: Kind, verb: str, value: Any, end: Any) -> bool:
    """Whether the end alone lets the value in; `at_most` of free text takes what begins with it."""
    rank = kind.rank
    if verb == "at_most" and kind.format.closing and value.startswith(end):
        return True
    return bool({**LOWS, **HIGHS}[verb](rank(value), rank(end)))


@SOME
@given(cases(), st.data())
def test_every_combination_of_ends_selects_what_lies_between(case: Case, data: Any) -> None:
    """In templates of one to three parts, on each part that keeps order, whatever follows it."""
    template = case.template
    parts = [part for part in template.parts if keeps_order(part)]
    assume(parts)
    part = data.draw(st.sampled_from(parts))
    kind, before = case.kinds[part.field], template.fields[: template.fields.index(part.field)]
    thing = _thing(case)
    values = case.values(data.draw)
    candidates = [values[part.field], *(case.values(data.draw)[part.field] for _ in range(2))]
    low, high = data.draw(st.sampled_from(candidates)), data.draw(st.sampled_from(candidates))
    item = item_of(thing(**values))
    query = thing.key.query(**{name: values[name] for name in before})
    value = values[part.field]
    for verb in LOWS:
        asked = getattr(query, verb)(**{part.field: low})
        assert _selects(asked, item) == _covers(kind, verb, value, low)
        for other in HIGHS:
            both = getattr(asked, other)(**{part.field: high})
            expected = _covers(kind, verb, value, low) and _covers(kind, other, value, high)
            assert _selects(both, item) == expected
            turned = getattr(getattr(query, other)(**{part.field: high}), verb)(**{part.field: low})
            assert turned.key_query.bounds == both.key_query.bounds
    for verb in HIGHS:
        asked = getattr(query, verb)(**{part.field: high})
        assert _selects(asked, item) == _covers(kind, verb, value, high)


FOLLOWED = [kind for kind in RANGED if kind.format.name not in ("text", "slug")]


@pytest.mark.parametrize("kind", FOLLOWED, ids=str)
@SOME
@given(st.data())
def test_a_range_never_reads_what_stands_beside_the_entity(kind: Kind, data: Any) -> None:
    """Its neighbours in the partition, whose keys come just before and just after."""
    visit, neighbours = ward(kind)
    low, high = (data.draw(kind.values) for _ in range(2))
    query = visit.key.query()
    strangers = [item_of(each(name=data.draw(NAMES))) for each in neighbours]
    for asked in (
        query.after(value=low),
        query.before(value=high),
        query.after(value=low).before(value=high),
        query.after(value=low).at_most(value=high),
    ):
        assert not any(_selects(asked, stranger) for stranger in strangers)


def _thing(case: Case) -> Any:
    """An entity whose sort key is the template."""
    table = Table("things")
    annotations = {field: _annotation(kind) for field, kind in case.kinds.items()}
    return make(table, {**annotations, "key": table.primary.key("T", case.template.source)})


def _annotation(kind: Kind) -> Any:
    return Annotated[type(kind.format.example("value")), kind.format]


@pytest.mark.parametrize("sort", ["{at}", "{at}#{name}", "V#{at}#{name}", "{at}~{name}", "{at}é"])
@pytest.mark.parametrize("annotation", [datetime, date])
@SOME
@given(moment=st.datetimes(), size=st.sampled_from([4, 7, 10]), same=st.booleans())
def test_before_and_after_february_leave_out_all_of_it(
    sort: str, annotation: Any, moment: datetime, size: int, same: bool
) -> None:
    """A beginning stands for all that begins with it, whatever follows in the key."""
    table = Table("clinic")
    fields = {"at": annotation, "name": str, "key": table.primary.key("T", sort)}
    visit = make(table, fields, "Visit")
    at = moment.replace(tzinfo=UTC) if annotation is datetime else moment.date()
    text = at.isoformat()[:size]
    bound = text if same else "2020-02-10"[:size]
    item = item_of(visit(at=at, name="x"))
    query = visit.key.query()
    for asked, within in (
        (query.after(at=bound), text > bound),
        (query.before(at=bound), text < bound),
        (query.after(at="1998").before(at=bound), "1998" < text < bound and text[:4] > "1998"),
        (query.at_least(at="1998").before(at=bound), "1998" <= text < bound),
        (
            query.after(at=bound).at_most(at="2031-05"),
            text > bound and text[:7] <= "2031-05"[: len(text)],
        ),
    ):
        assert _selects(asked, item) == within


NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-9, max_value=9)
EDGES = st.sampled_from([Decimal(0), Decimal("1E-130"), Decimal("-1E-130"), Decimal(10) ** 37])


@SOME
@given(NUMBERS | EDGES, NUMBERS | EDGES, st.data())
def test_a_natural_number_is_compared_as_a_number(low: Decimal, high: Decimal, data: Any) -> None:
    """To the last of DynamoDB's 38 digits."""
    near = [end + step for end in (low, high) for step in (0, Decimal("1E-36"), -Decimal("1E-36"))]
    value = data.draw(st.sampled_from([low, high]) | NUMBERS | st.sampled_from(near))
    assume(len(value.as_tuple().digits) <= 38)
    table = Table("clinic", partition_key="ward", sort_key=number("bed"))
    fields = {"ward": str, "bed": Decimal, "key": table.primary.key("{ward}", "{bed}")}
    bed = make(table, fields, "Bed")
    _check_natural(bed.key.query(ward="w"), item_of(bed(ward="w", bed=value)), value, low, high)


BYTES = st.binary(min_size=1, max_size=3) | st.sampled_from([b"\0", b"\xff" * 1024, b"a" * 1024])


@SOME
@given(BYTES, BYTES, BYTES)
def test_natural_bytes_are_compared_as_bytes(value: bytes, low: bytes, high: bytes) -> None:
    """Those of full length too."""
    table = Table("clinic", partition_key="ward", sort_key=KeyAttribute("bed", "B"))
    fields = {"ward": str, "bed": bytes, "key": table.primary.key("{ward}", "{bed}")}
    bed = make(table, fields, "Bed")
    _check_natural(bed.key.query(ward="w"), item_of(bed(ward="w", bed=value)), value, low, high)


@SOME
@given(TEXTS, TEXTS, TEXTS)
def test_a_natural_text_is_compared_as_text(value: str, low: str, high: str) -> None:
    """By its characters."""
    table = Table("clinic", partition_key="ward", sort_key="bed")
    fields = {"ward": str, "bed": str, "key": table.primary.key("{ward}", "{bed}")}
    bed = make(table, fields, "Bed")
    query = bed.key.query(ward="w")
    item = item_of(bed(ward="w", bed=value))
    assert _selects(query.after(bed=low), item) == (value > low)
    assert _selects(query.before(bed=high), item) == (value < high)
    assert _selects(query.after(bed=low).before(bed=high), item) == (low < value < high)
    assert _selects(query.at_least(bed=low).before(bed=high), item) == (low <= value < high)


def _check_natural(query: Any, item: Any, value: Any, low: Any, high: Any) -> None:
    assert _selects(query.after(bed=low), item) == (value > low)
    assert _selects(query.before(bed=high), item) == (value < high)
    assert _selects(query.after(bed=low).before(bed=high), item) == (low < value < high)
    assert _selects(query.at_least(bed=low).before(bed=high), item) == (low <= value < high)
    assert _selects(query.after(bed=low).at_most(bed=high), item) == (low < value <= high)


@pytest.mark.parametrize("last", ["x", "é", "€", "\U0001f600", "\ud7ff", "\x7f", "\U0010fffe"])
@pytest.mark.parametrize("size", [1019, 1021, 1022, 1023, 1024])
def test_the_longest_text_may_be_left_out(last: str, size: int) -> None:
    """The neighbours of a text have room in a key themselves."""
    table = Table("clinic", partition_key="ward", sort_key="bed")
    fields = {"ward": str, "bed": str, "key": table.primary.key("{ward}", "{bed}")}
    bed = make(table, fields, "Bed")
    text = "k" * (size - len(last.encode())) + last
    asked = bed.key.query(ward="w").after(bed=text).before(bed="z")
    values = [*sent(asked)["ExpressionAttributeValues"].values()][1:]
    assert all(len(value["S"].encode()) <= 1024 for value in values)
    for other in (text, text[:-1], text[:-1] + "\U0010fffe", "kz", "l"):
        item = item_of(bed(ward="w", bed=other)) if len(other.encode()) <= 1024 else None
        if item is not None:
            assert _selects(asked, item) == (text < other < "z")
            below = bed.key.query(ward="w").at_least(bed="a").before(bed=text)
            assert _selects(below, item) == ("a" <= other < text)
    with pytest.raises(InvalidKeyValue):
        bed.key.query(ward="w").after(bed="k" * 1025).requests(CONTEXT)
