"""A scan finds each item of its entities once, however it is cut into pages and segments."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from singletable import Entity, Repository, Table, attr, collection, create, create_table, unique
from singletable.testing import memory_transport

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SECRET = b"a secret of these tests alone"
WHY = "to compare with all that was written"

tagged, bare = Table("tagged"), Table("bare", type_attribute=None)


def design(table: Table) -> tuple[Any, Any, Any]:
    """Three entities of a table, of which one stands alone in an index and two share another."""
    solo = table.global_index("solo", partition_key="SOLO")
    pair = table.global_index("pair", partition_key="PAIRPK", sort_key="PAIRSK")

    class Cat(Entity, table=table):
        """A cat."""

        n: int
        name: str
        alone: str | None = None
        key = table.primary.key("PET#{name}", "CAT")
        by_alone = solo.key("ALONE#{alone}")
        paired = pair.key("P#{name}", "CAT")
        one = unique("name")

    class Dog(Entity, table=table):
        """A dog."""

        n: int
        name: str
        key = table.primary.key("PET#{name}", "DOG")
        paired = pair.key("P#{name}", "DOG")

    class Log(Entity, table=table):
        """Anything else."""

        n: int
        name: str
        key = table.primary.key("LOG#{name}", "LOG")

    return Cat, Dog, Log


DESIGNS = [(table, *design(table)) for table in (tagged, bare)]
NAMES = st.text("abcdefgh", min_size=1, max_size=2)
ITEMS = st.lists(
    st.tuples(st.integers(0, 2), NAMES, st.integers(0, 9), st.booleans()),
    max_size=40,
    unique_by=lambda each: each[:2],
)


@SOME
@given(
    st.sampled_from(DESIGNS),
    ITEMS,
    st.integers(1, 9),
    st.integers(1, 12),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(0, 9),
)
def test_every_item_is_found_once(
    declared: Any, items: Any, segments: int, size: int, page_size: int | None, least: int | None
) -> None:
    """In a table with a type attribute and in one without, with a filter and without."""
    table, *kinds = declared
    transport = memory_transport()
    transport("CreateTable", create_table(table))
    repository = Repository(transport, table, cursor_secret=SECRET)
    stored = [_build(kinds, *item) for item in items]
    for item in stored:
        repository.write(create(item))
    cat, dog, log = kinds
    for scan, expected in (
        (cat.key.scan(because=WHY), {cat}),
        (log.key.scan(because=WHY), {log}),
        (dog.paired.scan(because=WHY), {dog}),
        (collection(cat.paired, dog.paired).scan(because=WHY), {cat, dog}),
        (collection(cat.key, dog.key).scan(because=WHY), {cat, dog}),
    ):
        asked = scan.segments(segments)
        asked = asked if page_size is None else asked.page_size(page_size)
        asked = asked if least is None else asked.where(attr("n").at_least(least))
        wanted = Counter(
            item for item in stored if type(item) in expected and item.n >= (least or 0)
        )
        assert Counter(_walk(repository, asked, size)) == wanted
        assert Counter(repository.iterate(asked)) == wanted
        assert repository.fetch(asked.count()) == wanted.total()
        assert (repository.fetch(asked.first()) is None) == (not wanted)
    alone = [item for item in stored if type(item) is cat and item.alone is not None]
    found = _walk(repository, cat.by_alone.scan(because=WHY).segments(segments), size)
    assert Counter(found) == Counter(alone)


def _build(kinds: list[Any], kind: int, name: str, n: int, is_alone: bool) -> Any:
    more = {"alone": name} if kind == 0 and is_alone else {}
    return kinds[kind](n=n, name=name, **more)


def _walk(repository: Repository, scan: Any, size: int) -> list[Any]:
    items, cursor = list[Any](), None
    while True:
        page = repository.fetch(scan.page(size, cursor))
        items += page.items
        cursor = page.cursor
        if cursor is None:
            return items
