"""Conditions, paths and values nested as deeply as DynamoDB takes them, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field

from singletable import Entity, Table, attr, create, put, update, upsert
from singletable.errors.request import InvalidOperation, UnstorableValue
from singletable.expressions import Condition
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

wells = Table("wells")


class Well(Entity, table=wells):
    """A well, with anything in it."""

    well_id: str
    level: int
    depth: int = 0
    inside: dict[str, Any] = Field(default_factory=dict)
    key = wells.primary.key("WELLS", "{well_id}")


DRY = attr("depth").equals(0)
LEVEL = attr("level").equals(1)
NAMED = attr("well_id").equals("a")


def negate(times: int) -> Condition:
    condition = DRY
    for _ in range(times):
        condition = ~condition
    return condition


def alternate(times: int) -> Condition:
    condition = DRY
    for at in range(times):
        condition = condition & NAMED if at % 2 else condition | DRY
    return condition


def join(times: int) -> Condition:
    condition = LEVEL
    for _ in range(times):
        condition = condition & LEVEL
    return condition


def deepen(times: int) -> Any:
    path: Any = attr("inside")
    for _ in range(times):
        path = path["a"]
    return path


def nested(times: int) -> Any:
    value: Any = 1
    for at in range(times):
        value = [value] if at % 2 else {"a": value}
    return value


DEEPEST: Any = "abc"
for _ in range(31):
    DEEPEST = {"a": DEEPEST}
USES: dict[str, Callable[[Condition], Any]] = {
    "filter": lambda condition: Well.key.query().where(condition),
    "patch": lambda condition: Well.key.patch(well_id="a").set(depth=1).when(condition),
    "upsert": lambda condition: Well.key.upsert(well_id="a").set(level=1).when(condition),
    "delete": lambda condition: Well.key.delete(well_id="a").when(condition),
}
PATHS: dict[str, Callable[[Any], Condition]] = {
    "equals": lambda path: path.equals("abc"),
    "exists": lambda path: path.exists(),
    "size": lambda path: path.size().at_least(1),
    "begins_with": lambda path: path.begins_with("a"),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    db = open_backend(wells)
    db.repository.write(create(Well(well_id="a", level=1, inside=DEEPEST)))
    return db


def carry_out(db: Backend, operation: Any) -> None:
    repository = db.repository
    (repository.fetch if hasattr(operation, "where") else repository.write)(operation)


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("nest", [negate, alternate])
def test_64_levels_of_conditions_are_carried_out(
    db: Backend, nest: Callable[[int], Condition], use: str
) -> None:
    carry_out(db, USES[use](nest(64)))


@pytest.mark.parametrize("times", [65, 400, 5000])
@pytest.mark.parametrize("nest", [negate, alternate])
def test_deeper_conditions_are_refused(nest: Callable[[int], Condition], times: int) -> None:
    """They were a RecursionError, of the engine or of Python's own repr."""
    with raises(InvalidOperation, declared="65 levels of conditions"):
        nest(times)


@pytest.mark.parametrize("use", USES)
def test_a_chain_is_no_depth_and_has_as_many_operators_as_dynamodb_takes(
    db: Backend, use: str
) -> None:
    carry_out(db, USES[use](join(140)))
    with raises(InvalidOperation, allowed="300 operators"):
        carry_out(db, USES[use](join(155)))


@pytest.mark.parametrize("kind", PATHS)
def test_a_path_has_as_many_steps_as_an_attribute_has_levels(db: Backend, kind: str) -> None:
    """DynamoDB refuses the 33rd."""
    query = Well.key.query().where(PATHS[kind](deepen(31)))
    assert len(db.repository.fetch(query).items) == 1
    with raises(InvalidOperation, where="attr('inside')", declared="more than 32 steps"):
        deepen(32)


@pytest.mark.parametrize("levels", [32, 400, 100_000])
def test_a_value_nested_deeper_than_dynamodb_stores_is_refused_by_every_verb(
    db: Backend, levels: int
) -> None:
    value = nested(levels)
    before, inside = Well(well_id="a", level=1), {"b": value}
    builds: tuple[Callable[[], Any], ...] = (
        lambda: create(Well.model_construct(well_id="b", level=1, depth=0, inside=inside)),
        lambda: put(Well.model_construct(well_id="b", level=1, depth=0, inside=inside)),
        lambda: update(before, before.model_copy(update={"inside": inside})),
        lambda: upsert(Well.model_construct(well_id="b", level=1, depth=0, inside=inside)),
        lambda: Well.key.patch(well_id="a").set(inside=inside),
        lambda: Well.key.patch(well_id="a").given(inside=inside).set(depth=1),
        lambda: Well.key.query().where(attr("inside")["b"].equals(value)),
        lambda: Well.key.query().where(attr("inside").equals(inside)),
    )
    for build in builds:
        with raises(UnstorableValue):
            carry_out(db, build())
