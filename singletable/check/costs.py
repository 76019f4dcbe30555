"""What a month of a design costs in dollars: its calls, and what it stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Annotated

from pydantic import Field

from singletable.check.sizes import STORED_BESIDE, Sizes
from singletable.check.units import PatternUnits, units_of
from singletable.check.volumes import Figures, Volumes, figures_of, read_toml
from singletable.design import ir

MONTH = 730 * 3600
"""The seconds of a month, as AWS counts them."""
_GIGABYTE = 1024**3

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(Figures):
    """Dollars for a million units of reading, of writing, and for a GB in a month."""

    read: Dollars
    write: Dollars
    storage: Dollars


class Prices(Figures):
    """Prices on demand by region, and the day from which they are."""

    date: date
    regions: Mapping[str, Price]


class Budget(Figures):
    """The most dollars a month, in all or by pattern."""

    month: Dollars | None = None
    patterns: Mapping[str, Dollars] = Field(default_factory=dict[str, float])


def read_prices(path: Path | None = None) -> Prices:
    """The prices of a file; those of the package, if none is named."""
    if path is not None:
        return figures_of(Prices, read_toml(path), str(path))
    with_package = Path(str(files("singletable.check") / "prices.toml"))
    return figures_of(Prices, read_toml(with_package), "prices.toml")


@dataclass(frozen=True)
class PatternCost:
    """A pattern with its calls a second; `month` is None unless everything is known."""

    units: PatternUnits
    rate: float | None
    peak: float | None
    month: float | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class StorageCost:
    """What an index keeps, the table's own included, of the entities of which that is known."""

    table: str
    index: str
    items: float
    size: float
    month: float


@dataclass(frozen=True)
class Costs:
    """A month of a design. `month` is the sum of what is known; `assumed` is about storage."""

    patterns: tuple[PatternCost, ...]
    storage: tuple[StorageCost, ...]
    missing: tuple[str, ...]
    assumed: tuple[str, ...]

    @property
    def month(self) -> float:
        """Dollars, without what is not known."""
        return sum(each.month or 0 for each in self.patterns) + sum(
            each.month for each in self.storage
        )


def costs_of(design: ir.Design, volumes: Volumes, price: Price) -> Costs:
    """What a design costs in a month."""
    patterns = tuple(_pattern_cost(each, volumes, price) for each in units_of(design, volumes))
    sizes = Sizes(design, volumes)
    storage = tuple(
        _storage(sizes, table, index, price)
        for table in design.tables
        for index in table.indexes
        if index.kind != "vector"
    )
    missing = dict.fromkeys((*(name for each in patterns for name in each.missing), *sizes.missing))
    return Costs(patterns, storage, tuple(missing), tuple(sizes.assumed))


def _pattern_cost(units: PatternUnits, volumes: Volumes, price: Price) -> PatternCost:
    said = volumes.pattern(units.pattern)
    missing = list(units.missing)
    if said.rate is None:
        missing.append(f"patterns.{units.pattern}.rate")
    month = None
    if not missing and said.rate is not None:
        dollars = units.units("read") * price.read + units.units("write") * price.write
        month = dollars * said.rate * MONTH / 1e6
    return PatternCost(units, said.rate, said.most, month, tuple(missing))


def _storage(sizes: Sizes, table: ir.Table, index: ir.Index, price: Price) -> StorageCost:
    items = size = 0.0
    for entity in sizes.design.entities_of(table):
        for key in entity.keys:
            if key.index == index.name:
                count = sizes.count(entity, key)
                items += count
                size += count * (sizes.entry(entity, key) + STORED_BESIDE)
        for unique in entity.uniques if index.name == ir.PRIMARY else ():
            count = sizes.count(entity, entity.primary)
            items += count
            size += count * (sizes.unique(entity, unique.label) + STORED_BESIDE)
    return StorageCost(table.name, index.name, items, size, size / _GIGABYTE * price.storage)
