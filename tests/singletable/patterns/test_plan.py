"""A pattern sends what its plan shows: refused at import where it can be seen, else when called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import (
    TTL,
    Create,
    Delete,
    Entity,
    First,
    Get,
    Label,
    Patch,
    Put,
    Query,
    RequestError,
    Table,
    Transaction,
    Update,
    Upsert,
    access_pattern,
    attr,
    create,
    delete,
    put,
    transaction,
    update,
    upsert,
)
from singletable.errors.declaration import InvalidPattern
from singletable.errors.request import UnplannedOperation
from singletable.formats import slug
from singletable.operations import Context

wood = Table("wood")
gsi1 = wood.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
gsi2 = wood.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
gsi3 = wood.global_index("GSI3", partition_key="GSI3PK", sort_key="GSI3SK")


class Season(StrEnum):
    SPRING = "spring"
    AUTUMN = "autumn"


class Tree(Entity, table=wood):
    """A tree."""

    tree_id: str
    kind: str
    height: Annotated[str, slug()] = "1"
    title: str = "none"
    note: str | None = None
    size: int = 0
    season: Season = Season.AUTUMN
    tags: set[str] = Field(default_factory=set)
    seen_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    gone_at: Annotated[datetime | None, TTL] = None

    key = wood.primary.key("TREE#{tree_id}", "TREE")
    by_kind = gsi1.key("KIND#{kind}", "{height}#{tree_id}")
    by_note = gsi2.key("NOTE#{note}", "{tree_id}")
    by_note_also = gsi3.key("NOTE#{note}", "{tree_id}")


class Bush(Entity, table=wood):
    """A bush."""

    tree_id: str

    key = wood.primary.key("BUSH#{tree_id}", "BUSH")


CHANGED: dict[str, Any] = {}
"""What is true of `CHANGED` when a pattern is asked was not so when it was declared."""
CASES: list[Any] = []
MARKED = Label("marked", "it is marked")


def departs(part: str, *arguments: object) -> Callable[[Any], Any]:
    """Declares a pattern that asks something else for these arguments, or later."""

    def collect(function: Any) -> Any:
        asked = access_pattern(function)
        CASES.append(pytest.param(asked, arguments, part, id=function.__name__))
        return function

    return collect


def kind(b: Any) -> Query[Tree]:
    return Tree.by_kind.query(kind=b)


def patch(b: Any) -> Patch[Tree]:
    return Tree.key.patch(tree_id=b)


@departs("is_backwards", "x")
def by_class(b: str) -> Query[Tree]:
    """Q."""
    return kind(b).descending() if type(b) is str else kind(b)


@departs("items_in_all", "x")
def by_membership(b: str) -> Query[Tree]:
    """Q."""
    return kind(b).take(1) if b in {"x", "y"} else kind(b)


@departs("low", "x")
def by_lookup(b: str) -> Query[Tree]:
    """Q."""
    return kind(b).at_least(height={"x": "5"}.get(b, "1"))


@departs("items_in_all", "x")
def by_a_changed_limit(b: str) -> Query[Tree]:
    """Q."""
    return kind(b).take(CHANGED.get("limit", 7))


@departs("key_query.equals", "x")
def by_a_changed_constant(b: str) -> Query[Tree]:
    """Q."""
    return Tree.by_kind.query(kind=CHANGED.get("kind", "oak")).where(attr("note").equals(b))


@departs("key_query.equals", "x")
def by_more_given_fields(b: str) -> Query[Tree]:
    """Q."""
    more = {"height": "5"} if CHANGED else {}
    return Tree.by_kind.query(kind=b, **more)


@departs("key_query.key", "x")
def by_another_key(b: str) -> Query[Tree]:
    """Q."""
    return Tree.by_note.query(note=b) if CHANGED else Tree.by_note_also.query(note=b)


@departs("Query is Get", "x")
def by_another_kind(b: str) -> Query[Tree]:
    """Q."""
    return Tree.key.get(tree_id=b) if CHANGED else kind(b)  # type: ignore[return-value]


@departs("schema", "x")
def by_another_entity(b: str) -> Delete:
    """Q."""
    return (Bush if CHANGED else Tree).key.delete(tree_id=b)


@departs("bounds", "x")
def by_another_range(b: str) -> Query[Tree]:
    """Q."""
    return kind(b) if CHANGED else kind(b).at_least(height="1")


@departs("low", "x")
def by_another_end(b: str) -> Query[Tree]:
    """Q."""
    ends = (None, "1") if CHANGED else ("1", None)
    return kind(b).between(height=ends)


@departs("operator", "x")
def by_another_operator(b: str) -> Query[Tree]:
    """Q."""
    path = attr("note")
    return kind("a").where(path.less_than(b) if CHANGED else path.at_most(b))


@departs("steps", "x")
def by_another_field(b: str) -> Query[Tree]:
    """Q."""
    return kind("a").where(attr("title" if CHANGED else "note").equals(b))


@departs("condition is Joined", "x")
def by_a_larger_filter(b: str) -> Query[Tree]:
    """Q."""
    one = attr("note").equals(b)
    return kind("a").where(one & attr("note").exists() if CHANGED else one)


@departs("parts is", "x")
def by_a_longer_filter(b: str) -> Query[Tree]:
    """Q."""
    one = attr("note").equals(b) & attr("note").exists()
    return kind("a").where(one & attr("note").exists() if CHANGED else one)


@departs("word", "x")
def by_or_for_and(b: str) -> Query[Tree]:
    """Q."""
    one, other = attr("note").equals(b), attr("note").exists()
    return kind("a").where(one | other if CHANGED else one & other)


@departs("value", "x")
def by_a_constant_of_another_type(b: str) -> Query[Tree]:
    """Q."""
    one = attr("note").equals(b) & attr("size").equals(True if CHANGED else 1)
    return kind("a").where(one)


@departs("values is", "x")
def by_more_values(b: str) -> Query[Tree]:
    """Q."""
    values = (b, b, b) if CHANGED else (b, b)
    return kind("a").where(attr("note").is_in(*values))


@departs("condition", "x")
def by_no_filter(b: str) -> Query[Tree]:
    """Q."""
    return kind(b) if CHANGED else kind(b).where(attr("note").exists())


@departs("hides_expired", "x")
def by_expiry(b: str) -> Query[Tree]:
    """Q."""
    return kind(b) if CHANGED else kind(b).excluding_expired()


@departs("is_consistent", "x")
def by_consistency(b: str) -> Get[Tree]:
    """Q."""
    return Tree.key.get(tree_id=b).consistent() if CHANGED else Tree.key.get(tree_id=b)


@departs("requests_at_most", "x")
def by_requests(b: str) -> First[Tree]:
    """Q."""
    return kind(b).max_requests(2 if CHANGED else 1).first()


@departs("updates is set", "x")
def by_more_updates(b: str) -> Patch[Tree]:
    """Q."""
    more = {"note": "a"} if CHANGED else {}
    return patch("a").set(title=b, **more)


@departs("updates is set", "x")
def by_fewer_updates(b: str) -> Patch[Tree]:
    """Q."""
    more = {} if CHANGED else {"note": "a"}
    return patch("a").set(title=b, **more)


@departs("updates is set", Tree(tree_id="1", kind="oak", height="2"))
def by_fewer_fields_of_an_entity(tree: Tree) -> Upsert[Tree]:
    """Q."""
    more = {} if CHANGED else {"title": tree.title}
    return Tree.key.upsert(tree_id=tree.tree_id).set(kind=tree.kind, height=tree.height, **more)


@departs("entity.tags", "x")
def by_a_field_with_a_factory(b: str) -> Create[Tree]:
    """Q."""
    return create(Tree(tree_id=b, kind="a", tags={"m" if CHANGED else "n"}))


@departs("updates is set", "x")
def by_a_removal(b: str) -> Patch[Tree]:
    """Q."""
    return patch("a").set(title=b).unset("note") if CHANGED else patch("a").set(title=b)


@departs("updates.note", "x")
def by_another_constant_to_set(b: str) -> Patch[Tree]:
    """Q."""
    return patch(b).set(note="b" if CHANGED else "a")


@departs("added.size", "x")
def by_another_summand(b: str) -> Patch[Tree]:
    """Q."""
    return patch(b).add(size=2 if CHANGED else 1)


@departs("updates", "x")
def by_adding_instead_of_setting(b: str) -> Patch[Tree]:
    """Q."""
    return patch(b).add(size=1) if CHANGED else patch(b).set(size=1)


@departs("if_absent", "x")
def by_setting_once(b: str) -> Patch[Tree]:
    """Q."""
    return patch("a").set(title=b).set_if_absent(note="a") if CHANGED else patch("a").set(title=b)


@departs("known", "x")
def by_given_values(b: str) -> Patch[Tree]:
    """Q."""
    return patch(b).set(title="a").given(note="n") if CHANGED else patch(b).set(title="a")


@departs("label", "x")
def by_a_label(b: str) -> Patch[Tree]:
    """Q."""
    return patch(b).set(title="a").label(MARKED) if CHANGED else patch(b).set(title="a")


@departs("presence", "x")
def by_presence(b: str) -> Delete:
    """Q."""
    return Tree.key.delete(tree_id=b, must_exist=bool(CHANGED))


@departs("entity.note", "x")
def by_a_field_of_a_new_entity(b: str) -> Create[Tree]:
    """Q."""
    return create(Tree(tree_id=b, kind="a", note="m" if CHANGED else "n"))


@departs("Transaction.writes", "x")
def by_more_writes(b: str) -> Transaction[None]:
    """Q."""
    writes = [Tree.key.delete(tree_id=b)] * (2 if CHANGED else 1)
    return transaction(*writes)


@departs("Transaction.writes[0]", "x")
def by_another_verb(b: str) -> Transaction[None]:
    """Q."""
    return transaction(Tree.key.check(tree_id=b) if CHANGED else Tree.key.delete(tree_id=b))


@departs("token", "x")
def by_a_token(b: str) -> Transaction[None]:
    """Q."""
    return transaction(Tree.key.delete(tree_id=b), token="t" if CHANGED else None)


@departs("attached", "x")
def by_an_attached_write(b: str) -> Transaction[None]:
    """Q."""
    own = transaction(Tree.key.delete(tree_id=b))
    return own.with_writes(Tree.key.check(tree_id="a")) if CHANGED else own


@departs("returning", "x")
def by_what_is_returned(b: str) -> Transaction[Tree]:
    """Q."""
    one, other = create(Tree(tree_id=b, kind="a")), create(Tree(tree_id="z", kind="a"))
    return transaction(one, other).returning(other if CHANGED else one)


@pytest.mark.parametrize(("asked", "arguments", "part"), CASES)
def test_a_pattern_that_departs_from_its_plan_is_refused_before_sending(
    asked: Any, arguments: tuple[object, ...], part: str
) -> None:
    """The error names the pattern, what is asked now, and what was planned."""
    CHANGED.update(limit=8, kind="elm")
    try:
        with pytest.raises(UnplannedOperation) as caught:
            asked(*arguments)
    finally:
        CHANGED.clear()
    assert isinstance(caught.value, RequestError)
    assert caught.value.where.startswith(f"test_plan.{asked.__name__} (test_plan.py:")
    assert part in caught.value.declared
    assert caught.value.allowed.endswith("as planned when it was declared")


@access_pattern
def finish(tree_id: str, note: str | None, tags: set[str]) -> Patch[Tree]:
    """Sets what there is, and removes what is None or empty."""
    return patch(tree_id).set(note=note, tags=tags, title="done")


@access_pattern
def plant(tree: Tree) -> Put[Tree]:
    """Stores a tree."""
    return put(tree)


@access_pattern
def learn(tree: Tree) -> Upsert[Tree]:
    """Stores what is known of a tree."""
    return upsert(tree)


@access_pattern
def grow(tree_id: str) -> Create[Tree]:
    """Makes a tree, with the moment it is seen at."""
    return create(Tree(tree_id=tree_id, kind="oak"))


@access_pattern
def measure(tree_id: str) -> Create[Tree]:
    """Makes a tree of a season that is given by its value."""
    return create(Tree(tree_id=tree_id, kind="oak", season="spring"))  # type: ignore[arg-type]


@access_pattern
def since(b: str, low: str) -> Query[Tree]:
    """Trees from a height on."""
    return kind(b).at_least(height=low)


@access_pattern
def rename(before: Tree, after: Tree) -> Update[Tree]:
    """Changes a tree."""
    return update(before, after.model_copy(update={"note": "renamed"}))


OAK = Tree(tree_id="1", kind="oak")


def test_what_arguments_decide_may_differ() -> None:
    """Values, removals by None, what an entity was not given, what a factory makes."""
    for operation in (
        finish("1", None, set()),
        finish("1", "n", {"a"}),
        plant(OAK),
        plant(Tree(tree_id="1", kind="oak", note="n", tags={"a"})),
        learn(Tree(tree_id="1", kind="oak", height="2")),
        learn(Tree(tree_id="1", kind="oak", height="2", title="t", note=None)),
        grow("1"),
        grow("2"),
        measure("1"),
        since("oak", "5").page(3).where(attr("note").exists()),
        rename(OAK, OAK.model_copy(update={"size": 3})),
    ):
        assert operation.requests(Context())


def test_a_removal_that_no_argument_allows_is_refused() -> None:
    """The plan of a `str` sets it."""

    @access_pattern
    def retitle(tree_id: str, note: str) -> Patch[Tree]:
        """Gives a tree a note."""
        return patch(tree_id).set(note=note)

    with pytest.raises(UnplannedOperation):
        retitle("1", None)  # type: ignore[arg-type]


def test_an_end_that_is_none_is_not_the_range_that_was_planned() -> None:
    """It would be open there."""
    with pytest.raises(UnplannedOperation):
        access_pattern(_between)("oak", None)


def _between(b: str, high: str) -> Query[Tree]:
    """Q."""
    return kind(b).between(height=("1", high))


def _is_none(b: str, height: str | None) -> Query[Tree]:
    """Q."""
    return kind(b) if height is None else kind(b).at_least(height=height)


def _is_none_of_a_field(tree: Tree) -> Query[Tree]:
    """Q."""
    return kind(tree.kind) if tree.note is None else kind(tree.kind).at_least(height=tree.note)


def _is_instance(b: str) -> Query[Tree]:
    """Q."""
    return kind(b).take(1) if isinstance(b, str) else kind(b)


def _is_instance_of_an_abstract_class(b: str) -> Query[Tree]:
    """Q."""
    return kind(b).take(1) if isinstance(b, Sequence) else kind(b)


def _matches_a_class(b: str) -> Query[Tree]:
    """Q."""
    match b:
        case str():
            return kind(b).take(1)
        case _:
            return kind(b)


def _matches_none(b: str, height: str | None) -> Query[Tree]:
    """Q."""
    match height:
        case None:
            return kind(b)
        case _:
            return kind(b).at_least(height=height)


def _suppresses(b: str) -> Query[Tree]:
    """Q."""
    try:
        return kind(b).take(1) if b == "x" else kind(b)
    except TypeError:
        return kind(b)


def _several(b: str) -> tuple:  # type: ignore[type-arg]
    """Q."""
    return Tree.key.get(tree_id=b), kind(b)


def _listed(b: str) -> list[Get[Tree]]:
    """Q."""
    return [Tree.key.get(tree_id=b)]


def _union(b: str) -> Query[Tree | Bush]:
    """Q."""
    return kind(b)  # type: ignore[return-value]


def _bare(b: str) -> Query:  # type: ignore[type-arg]
    """Q."""
    return kind(b)


def _optional(b: str) -> Get[Tree | None]:  # type: ignore[type-var]
    """Q."""
    return Tree.key.get(tree_id=b)  # type: ignore[return-value]


def _other(b: str) -> First[Bush]:
    """Q."""
    return kind(b).first()  # type: ignore[return-value]


def _created(b: str) -> Create[Bush]:
    """Q."""
    return create(Tree(tree_id=b, kind="a"))  # type: ignore[return-value]


def _transacted(b: str) -> Transaction[Tree]:
    """Q."""
    return transaction(Tree.key.delete(tree_id=b))  # type: ignore[return-value]


def _unsaid(b: str) -> Transaction[None]:
    """Q."""
    one = create(Tree(tree_id=b, kind="a"))
    return transaction(one).returning(one)  # type: ignore[return-value]


def _anything(b: str) -> Any:
    """Q."""
    return kind(b)


@pytest.mark.parametrize(
    "function",
    [
        _is_none,
        _is_none_of_a_field,
        _is_instance,
        _is_instance_of_an_abstract_class,
        _matches_a_class,
        _matches_none,
        _suppresses,
        _several,
        _listed,
        _union,
        _bare,
        _optional,
        _other,
        _created,
        _transacted,
        _unsaid,
        _anything,
    ],
)
def test_what_can_be_seen_does_not_import(function: Any) -> None:
    """With the place of the pattern."""
    with pytest.raises(InvalidPattern) as caught:
        access_pattern(function)
    assert caught.value.where.startswith(f"test_plan.{function.__name__} (test_plan.py:")


def test_an_alias_of_the_annotation_is_the_annotation() -> None:
    """Also `Annotated`, a union of one, and no entity for what answers none."""

    def annotated(b: str) -> Annotated[Query[Tree], "newest"]:
        """Q."""
        return kind(b)

    def removal(tree: Tree) -> Delete:
        """Q."""
        return delete(tree)

    for function in (annotated, removal):
        access_pattern(function)


def test_fields_of_one_argument_are_not_one_symbol() -> None:
    """Of their values nobody knows whether they are equal."""
    with pytest.raises(InvalidPattern):
        access_pattern(_compares_fields)


def _compares_fields(tree: Tree) -> Query[Tree]:
    """Q."""
    return kind(tree.kind) if tree.kind == tree.height else kind(tree.tree_id)
