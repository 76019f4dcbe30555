"""Views: some fields of an entity, from what an index and its key text hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import (
    IN_KEY,
    KEYS_ONLY,
    TTL,
    VERSION,
    BatchGet,
    Entity,
    Get,
    Page,
    Query,
    Table,
    View,
    access_pattern,
    attr,
    collection,
    create,
    include,
    number,
    put,
    shards,
    snapshot,
    transaction,
    unique,
    update,
)
from singletable.errors import ContradictoryPattern, InvalidOperation, InvalidStoredItem
from singletable.formats import integer, slug, text
from singletable.inspect import Context
from singletable.patterns import declarations_of
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

papers = Table("papers")
by_due = papers.global_index("DUE", partition_key="DUEPK", sort_key="DUESK", projection=KEYS_ONLY)
by_plan = papers.global_index(
    "PLAN",
    partition_key="plan",
    sort_key=number("price"),
    projection=include("entity", "name_", "size", "seen_until"),
)
by_name = papers.global_index(
    "NAME", partition_key="NPK", sort_key="NSK", projection=include("reader", "note")
)
newest = papers.global_index("NEW", partition_key="NEWPK", sort_key="NEWSK")
local = papers.local_index("LOCAL", sort_key="LSK", projection=KEYS_ONLY)


class Subscription(Entity, table=papers):
    """Who reads which paper, until when."""

    reader: Annotated[str, slug()]
    paper: Annotated[str, slug(), Field(min_length=2)]
    due: date | None = None
    plan: str = "basic"
    price: Annotated[int, integer(0, 999)] = 0
    name: str | None = Field(default=None, serialization_alias="name_")
    size: Annotated[int, integer(0, 9)] = 1
    note: Annotated[str, text(lower=True)] | None = None
    tags: set[str] = Field(default_factory=set)
    seen_until: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1

    key = papers.primary.key("READER#{reader}", "PAPER#{paper}")
    in_due = by_due.key("DUE#{shard}", "{due}#{reader}#{paper}", shards=shards(2, by="reader"))
    in_plan = by_plan.key("{plan}", "{price}")
    in_name = by_name.key("NAME", "{name}#{paper}")
    in_new = newest.key("NEW", "{due}#{reader}")
    in_local = local.key("READER#{reader}", "SIZE#{size}")
    one_note = unique("note")


class Reader(Entity, table=papers):
    """A reader, without anything else."""

    reader: Annotated[str, slug()]
    key = papers.primary.key("READER#{reader}", "READER")
    in_name = by_name.key("NAMES#{reader}", "READER")


class Due(View[Subscription]):
    """What is due: all of it stands in key text."""

    due: date | None
    paper: str
    reader: str


class Offer(View[Subscription]):
    """What it costs, by natural keys and projected attributes, with a default."""

    plan: str
    price: int
    name: str | None
    size: int

    @property
    def whole(self) -> int:
        return self.price * self.size


class Named(View[Subscription]):
    """From an index that has no type attribute."""

    reader: str
    paper: str
    note: Annotated[str, text(lower=True)] | None
    name: str | None = Field(default=None, serialization_alias="name_")


class Marked(View[Subscription]):
    """Roles are the entity's."""

    version: int
    seen_until: Annotated[datetime | None, TTL]
    tags: set[str]


@access_pattern
def due_until(day: date) -> Query[Due]:
    """What is due, by keys alone."""
    return Subscription.in_due.query().at_most(due=day).only(Due)


@access_pattern
def offers(plan: str, least: int) -> Query[Offer]:
    """What a plan has."""
    query = Subscription.in_plan.query(plan=plan).at_least(price=least)
    return query.where(attr("size").at_least(1)).only(Offer)


@access_pattern
def one(reader: str, paper: str) -> Get[Offer]:
    """One offer."""
    return Subscription.key.get(reader=reader, paper=paper).only(Offer)


@access_pattern
def marked(readers: list[str], paper: str) -> BatchGet[Marked]:
    """Several."""
    return Subscription.key.get_each(reader=readers, paper=paper).only(Marked)


def subscription(reader: str = "ann", **values: Any) -> Subscription:
    known = {"paper": "times", "due": date(2026, 3, 14), **values}
    return Subscription(reader=reader, **known)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(papers)


def fill(db: Backend) -> list[Subscription]:
    readers = ["ann", "bob", "cid", "dora", "eve"]
    made = [
        subscription(reader, due=date(2026, 3, at), price=at, name=f"N{at}", note=f"of {reader}")
        for at, reader in enumerate(readers, start=1)
    ]
    for each in made:
        db.repository.write(create(each))
    return made


def parameters(operation: Any) -> dict[str, Any]:
    return dict(operation.requests(Context())[0].parameters)


def projection(found: dict[str, Any]) -> list[str]:
    """The attributes that a request asks for."""
    names = found["ExpressionAttributeNames"]
    return [names[each] for each in found["ProjectionExpression"].split(", ")]


def test_fields_are_read_from_key_text(db: Backend) -> None:
    """From an index of keys alone, over its shards, in order, page by page."""
    made = fill(db)
    page = db.repository.fetch(due_until(date(2026, 3, 4)))
    assert page.items == tuple(
        Due(due=each.due, paper="times", reader=each.reader) for each in made[:4]
    )
    first = db.repository.fetch(due_until(date(2026, 3, 4)).page(3))
    second = db.repository.fetch(due_until(date(2026, 3, 4)).page(3, first.cursor))
    assert (first.items + second.items, second.cursor) == (page.items, None)
    assert "ProjectionExpression" not in parameters(due_until(date(2026, 3, 4)))
    assert list(db.repository.iterate(due_until(date(2026, 3, 4)))) == list(page.items)


def test_what_an_index_holds_beside_a_view_is_not_asked_for(db: Backend) -> None:
    """Keys, type and fields are, by placeholders; filters see what is not asked for."""
    made = fill(db)
    db.repository.write(update(made[2], made[2].model_copy(update={"size": 0})))
    page = db.repository.fetch(offers("basic", 2))
    assert [each.name for each in page] == ["N2", "N4", "N5"]
    assert page.items[0] == Offer(plan="basic", price=2, name="N2", size=1)
    assert page.items[0].whole == 2
    found = parameters(offers("basic", 2))
    assert projection(found) == ["plan", "price", "PK", "SK", "entity", "name_", "size"]
    assert db.repository.fetch(offers("basic", 2).first()) == page.items[0]
    assert db.repository.fetch(offers("basic", 2).count()) == 3
    cursor = db.repository.fetch(offers("basic", 2).page(1)).cursor
    assert db.repository.fetch(offers("basic", 2).page(5, cursor)).items == page.items[1:]


def test_a_get_asks_for_the_fields_of_a_view(db: Backend) -> None:
    """Alone, in a batch, and in a snapshot."""
    fill(db)
    assert db.repository.fetch(one("bob", "times")) == Offer(
        plan="basic", price=2, name="N2", size=1
    )
    assert db.repository.fetch(one("bob", "herald")) is None
    assert projection(parameters(one("bob", "times"))) == [
        "PK",
        "SK",
        "entity",
        "plan",
        "price",
        "name_",
        "size",
    ]
    several = marked(["bob", "nobody"], "times")
    assert db.repository.fetch(several) == (Marked(version=1, seen_until=None, tags=set()), None)
    get = Subscription.key.get(reader="ann", paper="times").only(Due)
    both = snapshot(get, Reader.key.get(reader="ann"))
    assert db.repository.fetch(both) == (
        Due(due=date(2026, 3, 1), paper="times", reader="ann"),
        None,
    )


def test_the_key_tells_the_entity_where_an_index_has_no_type(db: Backend) -> None:
    """Another entity's item, or a foreign one, in the partition is an error as ever."""
    made = fill(db)
    query = Subscription.in_name.query().only(Named)
    assert db.repository.fetch(query).items == tuple(
        Named(reader=each.reader, paper="times", note=each.note, name=each.name) for each in made
    )
    assert "ProjectionExpression" not in parameters(query)
    db.put(PK="OTHER", SK="X", NPK="NAME", NSK="N0#times", reader="zoe")
    with raises(InvalidStoredItem, problems="its key is no Subscription.key") as caught:
        db.repository.fetch(query)
    assert len(caught.value.items) == 5
    page = db.repository.fetch(query.tolerating_unreadable())
    assert (len(page), len(page.unreadable)) == (5, 1)


def test_key_text_and_fields_that_contradict_each_other_are_found(db: Backend) -> None:
    """Where both are read; what stands in key text alone contradicts nothing."""
    own = {"PK": "READER#ann", "SK": "PAPER#times", "entity": "Subscription"}
    db.put(**own, reader="bob", paper="times", NPK="NAME", NSK="N1#times", name_="N1")
    problems = "its PK is 'READER#ann', and its fields make 'READER#bob'"
    with raises(InvalidStoredItem, problems=problems):
        db.repository.fetch(Subscription.in_name.query().only(Named))
    with raises(InvalidStoredItem, problems=problems):
        db.repository.fetch(Subscription.key.get(reader="ann", paper="times").only(Due))
    assert db.repository.fetch(
        Subscription.key.get(reader="ann", paper="times").only(Offer)
    ) == Offer(plan="basic", price=0, name="N1", size=1)


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "2026-03-01#bob#times",
            "its DUESK is '2026-03-01#bob#times', and its fields make '2026-03-01#ann#times'",
        ),
        ("soon", "due: no key text of it tells"),
    ],
)
def test_key_texts_that_contradict_each_other_are_found(
    db: Backend, text: str, problems: str
) -> None:
    """The primary key's says the identity; what no text tells is no None."""
    own = {"PK": "READER#ann", "SK": "PAPER#times", "entity": "Subscription"}
    db.put(**own, DUEPK="DUE#0", DUESK=text)
    with raises(InvalidStoredItem, key="READER#ann / PAPER#times", problems=problems):
        db.repository.fetch(Subscription.in_due.query().only(Due))


def test_an_absent_attribute_is_the_default_of_the_entity(db: Backend) -> None:
    """The view need not repeat it; what is required is missed."""
    db.put(PK="READER#ann", SK="PAPER#times", entity="Subscription")
    get = Subscription.key.get(reader="ann", paper="times")
    assert db.repository.fetch(get.only(Offer)) == Offer(plan="basic", price=0, name=None, size=1)
    with raises(InvalidStoredItem, problems="reader: Field required"):
        db.repository.fetch(get.only(Due))


def test_an_item_of_another_type_is_refused(db: Backend) -> None:
    """As it is where whole entities are read."""
    db.put(PK="READER#ann", SK="PAPER#times", entity="Leaflet", reader="ann", paper="times")
    with raises(InvalidStoredItem, problems="its entity is 'Leaflet'"):
        db.repository.fetch(Subscription.key.get(reader="ann", paper="times").only(Due))


def test_expired_items_are_read_as_none(db: Backend) -> None:
    """The TTL is asked for although the view does not have it."""
    db.repository.write(create(subscription(seen_until=START)))
    get = Subscription.key.get(reader="ann", paper="times").only(Due).excluding_expired()
    assert db.repository.fetch(get) is None
    assert "seen_until" in projection(parameters(get))
    several = Subscription.key.get_each(reader=["ann"], paper="times").only(Due)
    assert db.repository.fetch(several.excluding_expired()) == (None,)
    plan = Subscription.in_plan.query(plan="basic").only(Offer)
    assert len(db.repository.fetch(plan)) == 1
    assert db.repository.fetch(plan.excluding_expired()).items == ()


def test_a_local_index_answers_a_view(db: Backend) -> None:
    """Consistently, too."""

    class Sized(View[Subscription]):
        """By size."""

        size: int
        paper: str

    fill(db)
    query = Subscription.in_local.query(reader="bob").only(Sized).consistent()
    assert db.repository.fetch(query).items == (Sized(size=1, paper="times"),)


def test_an_index_of_keys_alone_counts(db: Backend) -> None:
    """Nothing of an item has to be held for that."""
    fill(db)
    assert db.repository.fetch(Subscription.in_due.query().at_most(due="2026-03-03").count()) == 3


REFUSED: list[tuple[Any, str, str]] = [
    (Subscription.in_due.query, "Subscription.in_due", "does not hold entity, reader"),
    (
        lambda: Subscription.in_due.query().only(Offer),
        "Subscription.in_due",
        "index DUE does not hold plan, price, name, size of Offer",
    ),
    (
        lambda: Subscription.in_plan.query(plan="a").only(Due),
        "Subscription.in_plan",
        "index PLAN does not hold due of Due",
    ),
    (
        lambda: Subscription.in_due.query().where(attr("size").equals(1)).only(Due),
        "Subscription.in_due",
        "a filter by size, which index DUE does not hold",
    ),
    (
        lambda: Subscription.in_due.query().where(attr("reader").equals("a")).count(),
        "Subscription.in_due",
        "a filter by reader, which index DUE does not hold",
    ),
    (
        lambda: Subscription.in_due.query().excluding_expired().only(Due),
        "Subscription.in_due",
        "a filter by seen_until, which index DUE does not hold",
    ),
    (
        lambda: Subscription.in_due.query().skipping(Reader).only(Due),
        "Subscription.in_due",
        "a filter by entity, which index DUE does not hold",
    ),
    (
        lambda: Reader.key.query(reader="a").only(Due),  # type: ignore[arg-type]
        "Reader.key",
        "only(Due), a view of Subscription",
    ),
    (
        lambda: Subscription.key.query(reader="a").only(Reader),  # type: ignore[arg-type]
        "Subscription.key",
        "only(Reader)",
    ),
    (
        lambda: Subscription.key.get(reader="a", paper="bb").only("Due"),  # type: ignore[arg-type]
        "Subscription.key",
        "only('Due')",
    ),
    (
        lambda: Subscription.key.query(reader="a").only(Due).only(Due),  # type: ignore[arg-type]
        "Subscription.key",
        "a second view, by only(Due)",
    ),
    (
        lambda: collection(Subscription.key, Reader.key).query(reader="a").only(Due),  # type: ignore[arg-type]
        "Subscription.key + Reader.key",
        "a view of Subscription | Reader, by only(Due)",
    ),
]


@pytest.mark.parametrize(("ask", "where", "declared"), REFUSED, ids=[each[2] for each in REFUSED])
def test_what_an_index_does_not_hold_is_refused(ask: Any, where: str, declared: str) -> None:
    """Before it is sent; of a pattern while it is declared."""
    with raises(InvalidOperation, where=where, declared=declared):
        ask().requests(Context())


def test_a_pattern_of_what_an_index_does_not_hold_does_not_import() -> None:
    """The error names index and fields."""

    def cheap(plan: str) -> Query[Due]:
        """When it is due."""
        return Subscription.in_plan.query(plan=plan).only(Due)

    with raises(ContradictoryPattern, declared="index PLAN does not hold due of Due"):
        access_pattern(cheap)


def test_a_pattern_is_annotated_with_its_view() -> None:
    """Or it does not import."""

    def wrong(day: date) -> Query[Subscription]:
        """Says more than it answers."""
        return due_until.__wrapped__(day)  # type: ignore[attr-defined, no-any-return]

    with pytest.raises(Exception) as caught:
        access_pattern(wrong)
    assert "it answers Due" in str(caught.value)
    assert "Query[Due]" in str(caught.value)


def test_a_view_belongs_to_the_shape_of_a_pattern() -> None:
    """And its operation is about the entity."""
    plan = declarations_of(papers).patterns["test_views.due_until"].operation
    assert isinstance(plan, Query)
    assert plan.reader.models == (Due,)


@pytest.mark.parametrize(
    "write",
    [
        put,
        create,
        lambda due: transaction(put(due)),
    ],
)
def test_a_view_cannot_be_written(write: Any) -> None:
    """It is no entity."""
    with raises(InvalidOperation, declared="a Due is given", allowed="an entity"):
        write(Due(due=None, paper="times", reader="ann"))


royale = Table("royale-views", type_attribute=None)
at_place = royale.global_index(
    "PLACES", partition_key="APK", sort_key="ASK", projection=include("place")
)


class Game(Entity, table=royale):
    """A game, in a table without type attribute."""

    game_id: str
    place: str
    people: int = 0
    key = royale.primary.key("GAME#{game_id}", "#METADATA#{game_id}")
    by_place = at_place.key("PLACE#{place}", "{game_id}")


class Place(View[Game]):
    """Where a game is; its identity stands in the key alone."""

    game_id: str
    place: str


def test_a_table_without_type_attribute_has_views(open_backend: OpenBackend) -> None:
    """A field that no attribute has is read from the key text."""
    db = open_backend(royale)
    db.put(PK="GAME#g1", SK="#METADATA#g1", place="lake", APK="PLACE#lake", ASK="g1")
    expected = Place(game_id="g1", place="lake")
    assert db.repository.fetch(Game.key.get(game_id="g1").only(Place)) == expected
    page = db.repository.fetch(Game.by_place.query(place="lake").only(Place))
    assert page == Page((expected,), None)


aged = Table("aged-views", untagged="by key")
by_age = aged.global_index("AGES", partition_key="kind", sort_key="age", projection=KEYS_ONLY)
by_parts = aged.global_index(
    "PARTS", partition_key=("kind", "age"), sort_key=("shape", "BPK"), projection=KEYS_ONLY
)


by_text = aged.global_index("TEXTS", partition_key="SPK", sort_key="SSK")
by_size = aged.global_index(
    "SIZES", partition_key="ZPK", sort_key=number("ZSK"), projection=KEYS_ONLY
)


class Stone(Entity, table=aged):
    """A stone, whose identity stands in the key alone."""

    stone_id: Annotated[str, slug(), IN_KEY]
    kind: str
    age: str
    shape: str = "round"
    size: Annotated[int, integer(0, 99)] = 0
    key = aged.primary.key("STONE#{stone_id}", "STONE")
    by_age = by_age.key("{kind}", "{age}")
    by_parts = by_parts.key(("{kind}", "{age}"), ("{shape}", "{size}"))
    by_size = by_size.key("STONES", "{size}")
    told = by_text.key("AGED", "{age}")


class Found(View[Stone]):
    """A stone as keys tell it."""

    stone_id: Annotated[str, IN_KEY]
    kind: str
    age: str


class Sized(View[Stone]):
    """Its size, which stands in one index."""

    stone_id: str
    size: int


@pytest.mark.parametrize("is_tagged", [True, False])
def test_a_field_in_the_key_alone_is_read_from_it(
    open_backend: OpenBackend, *, is_tagged: bool
) -> None:
    """Whether an item says what it is, or its key."""
    db = open_backend(aged)
    known = {"kind": "k", "age": "a", "shape": "s", "BPK": "07", "size": {"N": "7"}}
    known |= {"ZPK": "STONES", "ZSK": {"N": "7"}}
    tag = {"entity": "Stone"} if is_tagged else {}
    db.put(PK="STONE#one", SK="STONE", **known, **tag)
    found, sized = Found(stone_id="one", kind="k", age="a"), Sized(stone_id="one", size=7)
    get = Stone.key.get(stone_id="one")
    assert db.repository.fetch(get.only(Found)) == found
    assert db.repository.fetch(get.only(Sized)) == sized
    by_kind = Stone.by_age.query(kind="k")
    by_both = Stone.by_parts.query(kind="k", age="a")
    assert db.repository.fetch(by_kind.only(Found)).items == (found,)
    assert db.repository.fetch(by_both.only(Found)).items == (found,)
    assert db.repository.fetch(by_both.only(Sized)).items == (sized,)
    assert db.repository.fetch(by_kind.only(Sized).hydrated()).items == (sized,)
    assert db.repository.fetch(Stone.by_size.query().only(Sized)).items == (sized,)
    with raises(InvalidOperation, declared="index AGES does not hold size of Sized"):
        db.repository.fetch(by_kind.only(Sized))


def test_a_filter_by_what_may_stand_in_the_key_alone_is_decided_for_views(
    open_backend: OpenBackend,
) -> None:
    """Its attribute is asked for although the view does not have it."""

    class Aged(View[Stone]):
        """Its age."""

        age: str

    db = open_backend(aged)
    shared = {"kind": "k", "SPK": "AGED", "entity": "Stone"}
    db.put(PK="STONE#one", SK="STONE", age="a", SSK="a", **shared)
    db.put(PK="STONE#two", SK="STONE", SSK="b", **shared)
    query = Stone.told.query().where(attr("age").equals("a"))
    for asked in (query.only(Aged), query.hydrated()):
        page = db.repository.fetch(asked.tolerating_unreadable())
        assert [each.age for each in page] == ["a"]
        assert [each.problems for each in page.unreadable] == [
            "its age stands in the key alone, where no filter looks"
        ]


def test_a_moment_is_read_as_the_entity_reads_it(open_backend: OpenBackend) -> None:
    """Coders are the entity's: a TTL is a number."""
    db = open_backend(papers)
    until = datetime(2027, 1, 1, tzinfo=UTC)
    db.repository.write(create(subscription(seen_until=until, tags={"a"})))
    read = db.repository.fetch(Subscription.key.get(reader="ann", paper="times").only(Marked))
    assert read == Marked(version=1, seen_until=until, tags={"a"})
