"""Whatever is done to the tree, in whatever order: it stays one, and its counters are exact."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from access_patterns import categories
from app.services.category_tree import Node, add, delete, forest, move
from model import ROOT, Category, CategoryId, Slug
from singletable import Repository
from singletable.errors import RequestError

MADE = datetime(2026, 3, 14, tzinfo=UTC)
STEPS = 150


class Shelves:
    """What the tree should be: parents by identity."""

    def __init__(self) -> None:
        self.parents = dict[str, str]()

    def line(self, category_id: str) -> list[str]:
        return [] if category_id == ROOT else [category_id, *self.line(self.parents[category_id])]

    def allows(self, verb: str, category_id: str, parent_id: str) -> bool:
        known = category_id in self.parents
        if verb == "delete":
            return known and category_id not in self.parents.values()
        if parent_id != ROOT and parent_id not in self.parents:
            return known and verb == "move" and self.parents[category_id] == parent_id
        return not known if verb == "add" else known and category_id not in self.line(parent_id)

    def does(self, verb: str, category_id: str, parent_id: str) -> None:
        if verb == "delete":
            del self.parents[category_id]
        else:
            self.parents[category_id] = parent_id


def execute(repository: Repository, verb: str, category_id: str, parent_id: str) -> bool:
    """Whether it was done."""
    identity, parent = CategoryId(category_id), CategoryId(parent_id)
    known = repository.fetch(categories.by_id(identity).consistent())
    new = Category(
        category_id=identity, parent_id=parent, slug=Slug(identity), name="n", created_at=MADE
    )
    try:
        match verb, known:
            case "add", _:
                add(repository, new)
            case "move", Category():
                move(repository, known, parent, position=0)
            case "delete", Category():
                delete(repository, known)
            case _:
                return False
    except RequestError:
        return False
    return True


def parents(nodes: tuple[Node, ...], parent_id: str = ROOT) -> dict[str, str]:
    found = {node.category.category_id: parent_id for node in nodes}
    for node in nodes:
        found |= parents(node.children, node.category.category_id)
    return dict(found)


def test_the_tree_is_what_was_done_to_it(repository: Repository) -> None:
    """Many random steps against a model of them: the same are refused, the same tree remains."""
    chance = random.Random(7)  # noqa: S311 - repeatable, keeps no secret
    shelves = Shelves()
    done = 0
    for _ in range(STEPS):
        step = (
            chance.choice(["add", "add", "move", "move", "delete"]),
            chance.choice("abcdefg"),
            chance.choice([ROOT, *"abcdefg"]),
        )
        expected = shelves.allows(*step)
        assert execute(repository, *step) is expected, step
        if expected:
            shelves.does(*step)
            done += 1
        assert parents(forest(repository)) == shelves.parents
    assert STEPS / 6 < done < STEPS
    for category_id in shelves.parents:
        usage = repository.fetch(categories.usage(CategoryId(category_id)).consistent())
        assert usage
        assert usage.children == list(shelves.parents.values()).count(category_id)
