"""`singletable cost`: units of each pattern, and dollars of a month, by volumes and prices."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from singletable.check.costs import (
    Budget,
    Costs,
    PatternCost,
    Prices,
    costs_of,
    read_prices,
)
from singletable.check.heat import Heat, heat_of
from singletable.check.volumes import (
    Volumes,
    declared_volumes,
    figures_of,
    read_toml,
    read_volumes,
    require_name,
)
from singletable.cli.checking import chosen_design, find_volumes, volumes_option
from singletable.cli.interchange import print_notes
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.emit.data_text import json_text
from singletable.errors.suggestions import did_you_mean

EXCEEDED = 1
_REGION = "us-east-1"
_MOST_HEAT, _BAR = 12, 20


def cost_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="a design as JSON (default: the project's own)")
    volumes_option(parser)
    add("--prices", metavar="FILE", help="prices by region (default: those of the package)")
    add("--region", default=_REGION, help="the AWS region (default: %(default)s)")
    add("--budget", metavar="FILE", help="the most dollars a month; exit code 1 if it is more")
    add("--json", action="store_true", help="everything, as data")


def cost(options: Namespace) -> int:
    """Prints what a month costs; returns 1 if it is more than the budget."""
    design, notes = chosen_design(options, examples=True)
    print_notes(notes)
    volumes = _volumes(options, design)
    prices = read_prices(Path(options.prices) if options.prices else None)
    price = prices.regions.get(options.region)
    if price is None:
        close = did_you_mean(options.region, prices.regions)
        raise UsageError(
            f"there are no prices of {options.region!r}{close}; --prices FILE has others"
        )
    costs = costs_of(design, volumes, price)
    exceeded = [*_exceeded(costs, _budget(options.budget, design))]
    if options.json:
        heat = heat_of(design, volumes)
        print(json_text(_json(costs, heat, prices, options.region, exceeded)))
    else:
        source = f"the prices of {options.region} from {prices.date}"
        print(*_lines(costs, volumes, design, source, exceeded), sep="\n")
    return EXCEEDED if exceeded else 0


def _volumes(options: Namespace, design: ir.Design) -> Volumes:
    """Those of the file, over those of the declarations; one of them has to be there."""
    file = find_volumes(options)
    if file is not None:
        return read_volumes(file, design)
    if design.volumes:
        return declared_volumes(design)
    raise UsageError(
        "the design says no volumes, and there is no volumes.toml beside it; write it as"
        " docs/costs.md says, or name --volumes"
    )


def _budget(file: str | None, design: ir.Design) -> Budget:
    if file is None:
        return Budget()
    budget = figures_of(Budget, read_toml(Path(file)), file)
    for name in budget.patterns:
        require_name(name, [each.name for each in design.patterns], f"{file}: patterns")
    return budget


def _exceeded(costs: Costs, budget: Budget) -> Iterator[str]:
    """Sentences on what is more than the budget; a pattern of which that is not known is."""
    for each in costs.patterns:
        most = budget.patterns.get(each.units.pattern)
        if most is None:
            continue
        if each.month is None:
            yield f"{each.units.pattern}: not known; missing: {', '.join(each.missing)}"
        elif each.month > most:
            yield f"{each.units.pattern}: {_dollars(each.month)}, where {_dollars(most)} is most"
    if budget.month is not None and costs.month > budget.month:
        yield f"in all: {_dollars(costs.month)}, where {_dollars(budget.month)} is most"


def _dollars(value: float | None) -> str:
    return "?" if value is None else f"${value:,.2f}"


def _number(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _lines(
    costs: Costs, volumes: Volumes, design: ir.Design, source: str, exceeded: Iterable[str]
) -> Iterator[str]:
    """Tables of what is asked and stored, the sum, and what is not in it; patterns and entities of
    which nothing is said are counted."""
    asked = [each for each in costs.patterns if each.units.pattern in volumes.patterns]
    head = ("pattern", "reads", "writes", "reads/s", "peak", "writes/s", "peak", "a month")
    yield from _table([head, *map(_row, asked)])
    yield ""
    kept = [
        (
            each.table if each.index == ir.PRIMARY else f"{each.table}, {each.index}",
            _number(each.items),
            _number(each.size),
            _dollars(each.month),
        )
        for each in costs.storage
    ]
    yield from _table([("stored", "items", "bytes", "a month"), *kept])
    yield from _heat(heat_of(design, volumes))
    named = dict.fromkeys(name for each in asked for name in each.missing)
    said = {f"entities.{name}.{word}" for name in volumes.entities for word in ("items", "size")}
    named |= {name: None for name in costs.missing if name in said}
    yield from _list_under("missing in the volumes:", named)
    assumed = (f"{each.units.pattern}: {text}" for each in asked for text in each.units.assumed)
    yield from _list_under("assumed:", assumed)
    yield from _list_under("more than the budget:", exceeded)
    yield ""
    silent = (
        len(costs.patterns) - len(asked),
        sum(1 for each in design.entities if each.name not in volumes.entities),
    )
    if any(silent):
        yield f"the volumes say nothing of {silent[0]} patterns and {silent[1]} entities"
    known = ", without what is not known" if costs.missing else ""
    yield f"{_dollars(costs.month)} a month{known}, by {source}"


def _heat(heat: Sequence[Heat]) -> Iterator[str]:
    """A bar for the hottest partition key of each template: its units a second at the peak, and
    the share of what a partition serves."""
    if not heat:
        return
    head = ("hottest partition keys", "", "units/s", "of the limit", "")
    rows = [
        (each.source, each.kind, _number(each.units), f"{each.share:.1%}", _bar(each.share))
        for each in heat[:_MOST_HEAT]
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    yield ""
    for source, kind, units, share, bar in (head, *rows):
        yield (
            f"{source:{widths[0]}}  {kind:{widths[1]}}  {units:>{widths[2]}}"
            f"  {share:>{widths[3]}}  {bar}"
        ).rstrip()
    if heat[_MOST_HEAT:]:
        yield f"and {len(heat) - _MOST_HEAT} cooler ones"


def _bar(share: float) -> str:
    """Full at the limit; what is above it is marked."""
    filled = min(_BAR, max(1, round(share * _BAR)))
    return "█" * filled + "░" * (_BAR - filled) + (" !" if share > 1 else "")


def _row(cost: PatternCost) -> tuple[str, ...]:
    is_known = not cost.units.missing
    reads, writes = (
        (cost.units.units("read"), cost.units.units("write")) if is_known else (None, None)
    )
    rates = (
        None if units is None or calls is None else units * calls
        for units in (reads, writes)
        for calls in (cost.rate, cost.peak)
    )
    return (
        cost.units.pattern,
        _number(reads),
        _number(writes),
        *map(_number, rates),
        _dollars(cost.month),
    )


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows in columns, the first to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *others in rows:
        cells = (f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True))
        yield "  ".join((f"{first:{widths[0]}}", *cells))


def _list_under(title: str, lines: Iterable[str]) -> Iterator[str]:
    listed = [f"  {each}" for each in lines]
    yield from ["", title, *listed] if listed else []


def _json(
    costs: Costs, heat: Sequence[Heat], prices: Prices, region: str, exceeded: Sequence[str]
) -> ir.JsonObject:
    return {
        "version": 1,
        "region": region,
        "prices": prices.date.isoformat(),
        "patterns": [_pattern_json(each) for each in costs.patterns],
        "storage": [vars(each) for each in costs.storage],
        "heat": [
            {
                "key": each.key.label,
                "partition": each.source,
                "kind": each.kind,
                "units": each.units,
                "limit": each.limit,
                "patterns": list(each.patterns),
            }
            for each in heat
        ],
        "month": costs.month,
        "missing": list(costs.missing),
        "assumed": list(costs.assumed),
        "exceeded": list(exceeded),
    }


def _pattern_json(cost: PatternCost) -> ir.JsonObject:
    return {
        "name": cost.units.pattern,
        "units": [
            {"kind": each.kind, "table": each.table, "index": each.index, "units": each.units}
            for each in cost.units.charges
        ],
        "rate": cost.rate,
        "peak": cost.peak,
        "month": cost.month,
        "missing": list(cost.missing),
        "assumed": list(cost.units.assumed),
    }
