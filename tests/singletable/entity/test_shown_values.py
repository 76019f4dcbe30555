"""Whatever is given is refused by an error of the engine, also what has no text of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest

from singletable import Entity, Label, Repository, Table, attr, create_table, number, shards
from singletable.errors import SingleTableError
from singletable.errors.declaration import InvalidFormat
from singletable.errors.request import InvalidOperation
from singletable.formats import escaped_text, integer, slug, text
from singletable.testing import memory_transport
from tests.singletable.raises import raises

odd = Table("oddities")


class Odd(Entity, table=odd):
    """A thing with a field of each kind that a condition may be on."""

    odd_id: str
    name: str = ""
    size: int = 0
    marks: list[int] = []  # noqa: RUF012
    by_number: dict[int, int] = {}  # noqa: RUF012
    anything: Any = None

    key = odd.primary.key("ODD#{odd_id}", "ODD")
    by_name = odd.global_index("by-name", partition_key="N", sort_key="S").key("{name}", "{odd_id}")


def nested() -> list[Any]:
    """A list too deep for `repr`."""
    outer: list[Any] = []
    inner = outer
    for _ in range(100_000):
        inner.append([])
        inner = inner[0]
    return outer


class Mute:
    """Its text is an error."""

    def __repr__(self) -> str:
        raise RuntimeError("no text")


KEY, QUERY = Odd.key.patch(odd_id="1"), Odd.key.query(odd_id="1")
SCOPE = Odd.key.schema.scope
GIVEN: dict[str, Callable[[Any], object]] = {
    "a step": lambda it: attr("anything")[it],
    "a path": attr,
    "a condition": lambda it: attr("name").exists() & it,
    "where": QUERY.where,
    "when": KEY.when,
    "equals": lambda it: attr("anything").equals(it).resolve(SCOPE),
    "begins_with": lambda it: attr("name").begins_with(it).resolve(SCOPE),
    "contains": lambda it: attr("anything").contains(it).resolve(SCOPE),
    "a size": lambda it: attr("name").size().at_least(it).resolve(SCOPE),
    "unset": KEY.unset,
    "add": lambda it: KEY.add(size=it),
    "a page": QUERY.page,
    "take": QUERY.take,
    "between": lambda it: Odd.by_name.query(name="a").between(odd_id=it),
    "a beginning": lambda it: Odd.by_name.query(name="a").begins_with(odd_id=it),
    "a label": lambda it: Label(it, it),
    "a table": Table,
    "an index": lambda it: Table("some").global_index(it, partition_key="A"),
    "a key attribute": lambda it: Table("some").global_index("abc", partition_key=it),
    "a template": lambda it: Table("some").primary.key(it, it),
    "a delimiter": lambda it: Table("some", delimiter=it),
    "shards": lambda it: shards(it, by="a"),
    "a number": number,
    "create_table": create_table,
    "a repository": lambda it: Repository(memory_transport(), it),
    "an integer": lambda it: integer(it, it),
    "a text": lambda it: text(max_bytes=it),
    "a fold": lambda it: text(fold=it),
}


@pytest.mark.parametrize("what", GIVEN)
@pytest.mark.parametrize("value", [nested(), Mute()], ids=["nested", "mute"])
def test_what_cannot_be_shown_is_refused_all_the_same(what: str, value: object) -> None:
    """A RecursionError, or the value's own error, came instead."""
    with pytest.raises(SingleTableError) as caught:
        GIVEN[what](value)
    assert str(caught.value)


SENT: list[Callable[[], object]] = [
    lambda: attr("name").size().at_least(10**400).resolve(SCOPE),
    lambda: attr("name").size().equals(-1).resolve(SCOPE),
    lambda: attr("anything")[""].exists().resolve(SCOPE),
    lambda: attr("marks")[2**40].exists().resolve(SCOPE),
    lambda: attr("anything")[2**40].exists().resolve(SCOPE),
    lambda: attr("anything")["x" * 70_000].exists().resolve(SCOPE),
    lambda: KEY.unset([]),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("at", range(len(SENT)))
def test_what_dynamodb_would_refuse_is_not_sent(at: int) -> None:
    with raises(InvalidOperation):
        SENT[at]()


FORMATS: list[Callable[[], object]] = [
    lambda: integer(9, 0),
    lambda: integer("1", 2),  # type: ignore[arg-type]
    lambda: text(max_bytes=0),
    lambda: text(fold="nfd"),  # type: ignore[arg-type]
    lambda: escaped_text(max_bytes=-1),
    lambda: slug(max_length=0),
]


@pytest.mark.parametrize("at", range(len(FORMATS)))
def test_a_format_that_has_no_value_is_a_declaration_error(at: int) -> None:
    with raises(InvalidFormat):
        FORMATS[at]()


def test_a_union_of_two_formats_is_no_key() -> None:
    """Its texts could never be written."""
    with pytest.raises(SingleTableError):

        class Both(Entity, table=odd):
            """Texts and numbers."""

            both: Annotated[str, text()] | Annotated[int, integer()]
            key = odd.primary.key("BOTH#{both}", "BOTH")
