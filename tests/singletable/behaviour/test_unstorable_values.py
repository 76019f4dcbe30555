"""F4: what would not come back as it was is refused by name, by every verb, before sending."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import Field

from singletable import (
    Entity,
    Table,
    attr,
    batch,
    create,
    put,
    transaction,
    update,
    upsert,
)
from singletable.errors import InvalidItem, RequestError, UnstorableValue
from tests.conftest import OpenBackend

bags = Table("bags")


class Bag(Entity, table=bags):
    """What it holds is of any type, or of numbers."""

    bag_id: str
    held: Any = None
    named: dict[str, Any] = Field(default_factory=dict)
    items: list[Any] = Field(default_factory=list)
    exact: Decimal = Decimal(0)
    whole: int = 0
    rough: float = 0.0
    numbers: set[Decimal] = Field(default_factory=set)

    key = bags.primary.key("BAG#{bag_id}", "BAG")


ANYTHING: list[Any] = [
    0.1,
    b"x",
    (1,),
    {1},
    frozenset({"a"}),
    date(2026, 1, 1),
    datetime(2026, 1, 1, tzinfo=UTC),
    float("nan"),
    1j,
    object(),
    10**38 + 1,
    Decimal("1." + "1" * 38),
    Decimal("1E+126"),
    Decimal("NaN"),
    "\ud800",
]
NUMBERS: dict[str, list[Any]] = {
    "exact": [Decimal("1." + "1" * 38), Decimal("1E+126"), Decimal("1E-131"), Decimal("Infinity")],
    "whole": [10**38 + 1, -(10**38) - 1, 1.5],
    "rough": [float("nan"), float("inf"), 1e200, 1e-200],
    "numbers": [{Decimal("1." + "1" * 38)}, {Decimal("NaN")}],
}
CASES = [
    *({"held": value} for value in ANYTHING),
    *({"named": {"k": value}} for value in ANYTHING),
    *({"named": {"k": [{"l": value}]}} for value in ANYTHING[:4]),
    *({"items": [1, value]} for value in ANYTHING[:4]),
    *({name: value} for name, values in NUMBERS.items() for value in values),
]


def writes(values: dict[str, Any]) -> dict[str, Callable[[], Any]]:
    (name,) = values
    patch, bag = Bag.key.patch(bag_id="b"), Bag(bag_id="b")

    def bad() -> Bag:
        return bag.model_copy(update=values)

    every: dict[str, Callable[[], Any]] = {
        "create": lambda: create(bad()),
        "put": lambda: put(bad()),
        "update": lambda: update(bag, bad()),
        "upsert": lambda: upsert(bad()),
        "batch": lambda: batch(put(bad())),
        "transaction": lambda: transaction(create(bad())),
        "patch": lambda: patch.set(**values),
        "once": lambda: patch.set(**values).once(),
        "if absent": lambda: patch.set_if_absent(**values),
        "upsert by key": lambda: Bag.key.upsert(bag_id="b").set(**values),
        "given": lambda: (
            patch.set(held=1).given(**values) if name != "held" else patch.set(**values)
        ),
        "when": lambda: patch.set(held=1).when(attr(name).equals(values[name])),
    }
    if name == "items":
        every["append"] = lambda: patch.append(items=values["items"])
        every["prepend"] = lambda: patch.prepend(items=values["items"])
        every["set_at"] = lambda: patch.set_at(attr("items")[0], values["items"][1])
    if name == "named":
        every["set_at"] = lambda: patch.set_at(attr("named")["k"], values["named"]["k"])
    if name in ("exact", "whole", "rough", "numbers"):
        every["add"] = lambda: patch.add(**values)
    return every


@pytest.mark.parametrize(
    "open_backend", ["memory", pytest.param("async", marks=pytest.mark.slow)], indirect=True
)
@pytest.mark.parametrize(
    "values", CASES, ids=[f"{at} {next(iter(each))}" for at, each in enumerate(CASES)]
)
def test_what_would_not_come_back_is_refused_by_every_verb(
    open_backend: OpenBackend, values: dict[str, Any]
) -> None:
    """The error names the field; nothing is sent."""
    db = open_backend(bags)
    (name,), accepted = values, list[str]()
    for verb, build in writes(values).items():
        try:
            db.repository.write(build())
        except RequestError as error:
            if not isinstance(error, (UnstorableValue, InvalidItem)):
                accepted.append(f"{verb}: {error!r}")
                continue
            assert name in str(error), f"{verb}: {error}"
        else:
            accepted.append(verb)
    assert accepted == []
    assert (db.sent, db.items()) == ([], [])
