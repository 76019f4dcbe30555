"""What proves a declared design: raw items are loaded, patterns are asked, answers compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from singletable import Entity, put
from tests.backends import Backend
from tests.designs.corpus import Design, Item, stored_item


@dataclass(frozen=True)
class Asked:
    """A pattern with arguments, and what it should find: by the key attributes of its index."""

    operation: Any
    on: tuple[str, str]
    partition: str
    sort: Callable[[str], bool] = lambda _text: True
    newest_first: bool = False

    def expected(self, items: Iterable[Item]) -> list[Item]:
        """Those of the partition, in the order of the sort key."""
        partition, sort = self.on
        found = [
            item
            for item in items
            if sort in item
            and item.get(partition) == {"S": self.partition}
            and self.sort(item[sort]["S"])
        ]
        return sorted(found, key=lambda item: item[sort]["S"], reverse=self.newest_first)


def raw(**attributes: Any) -> Item:
    """An item of texts, or of attribute values as they are given."""
    return {
        name: {"S": value} if isinstance(value, str) else value
        for name, value in attributes.items()
    }


def load(backend: Backend, items: Iterable[Item]) -> None:
    """Stores items as another program would, 25 in a request."""
    puts = [{"PutRequest": {"Item": item}} for item in items]
    for at in range(0, len(puts), 25):
        asked = {backend.name: puts[at : at + 25]}
        assert not backend.client.batch_write_item(RequestItems=asked)["UnprocessedItems"]


def entities(backend: Backend, operation: Any) -> list[Entity]:
    """What a read finds, as a list."""
    answer = backend.repository.fetch(operation)
    if isinstance(answer, Entity):
        return [answer]
    return list(answer or ())


def check_answers(
    backend: Backend,
    items: Sequence[Item],
    asked: Mapping[str, Asked],
    stored: Callable[[Item], Item] = lambda item: item,
) -> None:
    """Each pattern finds the items that it should, and its entities say all that is stored.

    `stored` is an item as the engine would store it, where that differs."""
    load(backend, items)
    for name, case in asked.items():
        found = [stored_item(entity) for entity in entities(backend, case.operation)]
        assert (name, found) == (name, [stored(item) for item in case.expected(items)])
        assert found, f"{name} finds nothing and proves nothing"


def check_published(backend: Backend, design: Design, asked: Mapping[str, Any]) -> None:
    """Each published example has its published answer."""
    load(backend, design.items)
    assert asked.keys() == design.examples().keys()
    for name, operation in asked.items():
        design.check(name, entities(backend, operation))


def put_again(backend: Backend, items: Sequence[Item], scan: Any) -> dict[tuple[str, ...], Any]:
    """Reads all items by a scan and puts each as it was read.

    The answer says which attributes are stored otherwise then, by primary key: nothing, if all is
    well. Every item is read, and as many are there afterwards."""
    load(backend, items)
    read = entities(backend, scan)
    assert len(read) == len(items)
    for entity in read:
        backend.repository.write(put(entity))
    before, after = _by_key(backend, items), _by_key(backend, backend.items())
    assert before.keys() == after.keys()
    differing = {key: _difference(item, after[key]) for key, item in before.items()}
    return {key: difference for key, difference in differing.items() if difference}


def _by_key(backend: Backend, items: Iterable[Item]) -> dict[tuple[str, ...], Item]:
    described = backend.client.describe_table(TableName=backend.name)["Table"]
    names = [part["AttributeName"] for part in described["KeySchema"]]
    return {tuple(next(iter(item[name].values())) for name in names): item for item in items}


def _difference(before: Item, after: Item) -> dict[str, tuple[Any, Any]]:
    """The attributes that differ, with both values."""
    names = sorted(before.keys() | after.keys())
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }
