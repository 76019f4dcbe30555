"""Any view of any index: what the entity has, where index and key text hold it; else refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from singletable import (
    KEYS_ONLY,
    TTL,
    Entity,
    Query,
    Repository,
    Table,
    View,
    create_table,
    include,
    number,
    put,
    shards,
)
from singletable.errors import InvalidOperation
from singletable.formats import escaped_text, integer, slug
from singletable.testing import memory_transport

yard = Table("yard")
keys = yard.global_index("KEYS", partition_key="KPK", sort_key="KSK", projection=KEYS_ONLY)
some = yard.global_index(
    "SOME", partition_key="kind", sort_key=number("price"), projection=include("tags_", "entity")
)
typeless = yard.global_index(
    "TYPELESS", partition_key="TPK", sort_key="TSK", projection=include("note", "yard_id")
)
near = yard.local_index("NEAR", sort_key="NSK", projection=KEYS_ONLY)
whole = yard.global_index("WHOLE", partition_key="WPK")


class Thing(Entity, table=yard):
    """With fields of many kinds, in indexes of every projection."""

    yard_id: Annotated[str, slug()]
    thing_id: Annotated[str, escaped_text()]
    kind: str
    price: Annotated[int, integer(0, 999)]
    due: date
    at: datetime
    note: str | None = None
    tags: frozenset[str] = Field(default=frozenset(), serialization_alias="tags_")
    ends: Annotated[datetime | None, TTL] = None

    key = yard.primary.key("YARD#{yard_id}", "THING#{thing_id}")
    in_keys = keys.key("K#{shard}", "{due}#{at}", shards=shards(2, by="thing_id"))
    in_some = some.key("{kind}", "{price}")
    in_typeless = typeless.key("T", "{price}#{thing_id}")
    nearby = near.key("YARD#{yard_id}", "{due}")
    in_whole = whole.key("W")


IDENTITY = {"yard_id", "thing_id"}
HELD = {
    "KEYS": IDENTITY | {"due", "at"},
    "SOME": IDENTITY | {"kind", "price", "tags"},
    "TYPELESS": IDENTITY | {"price", "note"},
    "NEAR": IDENTITY | {"due"},
    "WHOLE": {*Thing.model_fields},
    "primary": {*Thing.model_fields},
}
"""The fields that an index and the text of its keys hold."""

FREE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
MOMENTS = st.datetimes(
    datetime(1970, 1, 2),
    datetime(2100, 1, 1),
    timezones=st.just(UTC),
)
THINGS = st.builds(
    Thing,
    yard_id=st.just("a"),
    thing_id=FREE,
    kind=FREE,
    price=st.integers(0, 999),
    due=st.dates(date(1000, 1, 1)),
    at=MOMENTS,
    note=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    tags=st.frozensets(FREE, max_size=2),
    ends=st.none() | MOMENTS,
)


def view_of(fields: set[str]) -> type[View[Thing]]:
    known = Thing.model_fields
    body = {"__annotations__": {name: known[name].annotation for name in sorted(fields)}}
    return type(View)("Some", (View[Thing],), {"__doc__": "Some.", "__module__": __name__, **body})


def query_of(index: str, thing: Thing) -> Query[Thing]:
    queries: dict[str, Any] = {
        "KEYS": Thing.in_keys.query,
        "SOME": lambda: Thing.in_some.query(kind=thing.kind),
        "TYPELESS": Thing.in_typeless.query,
        "NEAR": lambda: Thing.nearby.query(yard_id="a"),
        "WHOLE": Thing.in_whole.query,
        "primary": lambda: Thing.key.query(yard_id="a"),
    }
    found: Query[Thing] = queries[index]()
    return found


@given(THINGS, st.sampled_from(sorted(HELD)), st.sets(st.sampled_from([*Thing.model_fields])))
def test_a_view_has_what_the_entity_has(thing: Thing, index: str, fields: set[str]) -> None:
    """By the query of an index, hydrated or not, and by a get; a field held nowhere is refused."""
    transport = memory_transport()
    transport("CreateTable", create_table(yard))
    repository = Repository(transport, yard)
    repository.write(put(thing))
    view: Any = view_of(fields or {"thing_id"})
    expected = view(**{name: getattr(thing, name) for name in view.model_fields})
    query = query_of(index, thing)
    try:
        assert repository.fetch(query.only(view)).items == (expected,)
    except InvalidOperation as error:
        lacking = [name for name in view.model_fields if name not in HELD[index]]
        assert lacking
        assert f"does not hold {', '.join(lacking)} of Some" in error.declared
    else:
        assert HELD[index].issuperset(view.model_fields)
    get: Any = Thing.key.get(yard_id="a", thing_id=thing.thing_id).only(view)
    assert repository.fetch(get) == expected
    if index != "primary":
        assert repository.fetch(query.hydrated()).items == (thing,)
        assert repository.fetch(query.only(view).hydrated()).items == (expected,)
