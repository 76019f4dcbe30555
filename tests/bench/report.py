"""The page of what was measured: tables between its markers, and a plot beside it.

`python -m tests.bench.report RESULTS PAGE` writes them of results that there are.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.bench import app, clients, cold, growth

Found = Mapping[str, Any]
PLACE = re.compile(r"(<!-- bench: made by tests/bench -->\n).*(<!-- end of bench -->)", re.DOTALL)
PLOT = "images/performance.svg"
TITLES = {
    "get": "get",
    "put": "put",
    "create": "create",
    "query": "query of 100",
    "transact": "transaction of 3",
    "batch": "batch get of 100",
}


def write(found: Found, page: Path) -> None:
    """Puts the generated part into its place; raises ValueError if there is none."""
    text = page.read_text()
    if not PLACE.search(text):
        raise ValueError(f"{page} lacks the place of the bench")
    made = "\n\n".join(parts(found))
    page.write_text(PLACE.sub(lambda place: f"{place[1]}\n{made}\n\n{place[2]}", text))
    if find_spec("matplotlib"):
        draw(measured(found["clients"]), page.parent / PLOT)


def measured(rows: Found) -> dict[str, Any]:
    return {name: row for name, row in rows.items() if "left_out" not in row}


def parts(found: Found) -> Iterable[str]:
    yield _about(found)
    yield "## Clients"
    yield from _clients(measured(found["clients"]))
    yield "## Growth"
    yield from _growth(measured(found["growth"]))
    yield "## Cold start"
    yield from _cold(measured(found["cold"]))
    yield "## The API"
    yield from _app(measured(found["app"]))
    if left_out := list(_left_out(found)):
        yield "## Left out"
        yield "\n".join(left_out)


def _about(found: Found) -> str:
    about, of = found["about"], found["about"]["of"]
    loads = [row["load"] for part in (clients, growth, cold, app) for row in _rows(found, part)]
    versions = ", ".join(f"{name} {number}" for name, number in of["versions"].items())
    return (
        f"Measured on {about['date']}: {about['machine']}, "
        f"Python {of['python']}, {versions}. The load of the machine was "
        f"{min(loads):.1f} to {max(loads):.1f} meanwhile; more than its cores means that others "
        "worked, too."
    )


def _rows(found: Found, part: ModuleType) -> Iterable[Found]:
    rows: Mapping[str, Found] = found[part.__name__.rpartition(".")[2]]
    return rows.values()


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _ratio(cost: Mapping[str, float]) -> str:
    return f"{cost['ratio']:.2f} ({cost['low']:.2f} to {cost['high']:.2f})"


def _named(name: str) -> str:
    return f"**{name}**" if name.startswith("singletable") else name


def _clients(rows: Found) -> Iterable[str]:
    head = ["", *TITLES.values()]
    yield f"![CPU of each operation as a multiple of the raw boto3 client's]({PLOT})"
    for kind, said in (("cpu", "CPU, user and system"), ("wall", "Time")):
        yield f"{said}, as a multiple of the raw boto3 client's; quartiles of the pairs:"
        yield _table(
            head,
            [
                ["boto3 client", *["1" for _ in TITLES]],
                *(
                    [_named(n), *(_ratio(row[op][kind]) for op in TITLES)]
                    for n, row in rows.items()
                ),
            ],
        )
    yield "Milliseconds: CPU of the best and of the median block; time of the same:"
    first = next(iter(rows.values()))
    base = [_milliseconds(first[op], "base_") for op in TITLES]
    own = ([_named(n), *(_milliseconds(row[op]) for op in TITLES)] for n, row in rows.items())
    yield _table(head, [["boto3 client", *base], *own])
    ours = [name for name in rows if name.startswith("singletable over")]
    yield "Which of the others take less CPU than ours:"
    ratios = {op: {n: row[op]["cpu"]["ratio"] for n, row in rows.items()} for op in TITLES}
    yield _table(
        ["", *ours],
        [[title, *(_ahead(ratios[op], name) for name in ours)] for op, title in TITLES.items()],
    )


def _milliseconds(row: Mapping[str, Any], of: str = "") -> str:
    cpu, wall = row["cpu"], row["wall"]
    best, median = f"{of}best_ms", f"{of}median_ms"
    return f"{cpu[best]:.2f}, {cpu[median]:.2f}; {wall[best]:.2f}, {wall[median]:.2f}"


def _ahead(ratios: Mapping[str, float], ours: str) -> str:
    """The others with a lower ratio, the lowest first."""
    others = sorted((ratio, name) for name, ratio in ratios.items() if "singletable" not in name)
    ahead = [f"{name} {ratio:.2f}" for ratio, name in others if ratio < ratios[ours]]
    return f"{ratios[ours]:.2f}: {', '.join(ahead) or 'none'}"


def _growth(rows: Found) -> Iterable[str]:
    yield (
        "Milliseconds of CPU of the engine alone by size, and in brackets the exponent from the "
        "size before: 1 is in proportion, 0 is constant."
    )
    yield _table(["", "size: ms (exponent)"], [[name, _sizes(row)] for name, row in rows.items()])


def _sizes(row: Mapping[str, Any]) -> str:
    said = list[str]()
    for size, ms in row["ms"].items():
        exponent = row["exponents"].get(size)
        bracket = "" if exponent is None else f" ({exponent:.2f})"
        said.append(f"{int(size):,}: {ms:,.{2 if ms < 10 else 0}f}{bracket}")
    return " · ".join(said)


def _cold(rows: Found) -> Iterable[str]:
    yield "Whole processes, in turn with one that does the same with boto3 alone."
    head = ["", "CPU: ratio", "CPU: ms, best and median", "time: ratio", "beside"]
    yield _table(
        head,
        [
            [
                name,
                _ratio(row["cpu"]),
                f"{row['cpu']['best_ms']:.0f}, {row['cpu']['median_ms']:.0f}",
                _ratio(row["wall"]),
                f"{row['base']} ({row['cpu']['base_median_ms']:.0f} ms)",
            ]
            for name, row in rows.items()
        ],
    )
    first = {
        name.removeprefix(cold.FIRST): row["cpu"]["ratio"]
        for name, row in rows.items()
        if name.startswith(cold.FIRST)
    }
    yield "Which of the others take less CPU than ours to a first GetItem:"
    ours = [name for name in first if name.startswith("singletable over")]
    yield "\n".join(f"- {name} {_ahead(first, name)}" for name in ours)


def _app(rows: Found) -> Iterable[str]:
    yield (
        "CPU of the serving process for a request, and the time that a client waits (the median), "
        "beside the same routes by hand in FastAPI and boto3, which send the same requests to "
        "DynamoDB and have no guards, limits, audit, policy or cache."
    )
    head = ["", "CPU: ratio", "CPU: ms, ours and by hand", "wait: ratio"]
    head += ["wait: ms, ours and by hand", "requests to DynamoDB"]
    yield _table(
        head,
        [
            [
                name,
                _ratio(row["cpu"]),
                f"{row['cpu']['median_ms']:.2f}, {row['cpu']['base_median_ms']:.2f}",
                _ratio(row["wall"]),
                f"{row['wall']['median_ms']:.1f}, {row['wall']['base_median_ms']:.1f}",
                str(row["requests"]),
            ]
            for name, row in rows.items()
        ],
    )


def _left_out(found: Found) -> Iterable[str]:
    for section in ("clients", "growth", "cold", "app"):
        for name, row in found[section].items():
            if reason := row.get("left_out"):
                yield f"- {section}, {name}: {reason}."


def draw(rows: Found, path: Path) -> None:
    """A panel of bars for each operation, ours in another colour; the same for the same results."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "singletable", "svg.fonttype": "none", "font.size": 8})
    from matplotlib import pyplot

    names = list(reversed(list(rows)))
    colours = ["#1f6feb" if name.startswith("singletable") else "#8b949e" for name in names]
    figure, panels = pyplot.subplots(1, len(TITLES), sharey=True, figsize=(11, 0.6 + len(rows) / 4))
    for panel, (operation, title) in zip(panels, TITLES.items(), strict=True):
        costs = [rows[name][operation]["cpu"] for name in names]
        ratios = [cost["ratio"] for cost in costs]
        spread = [
            [cost["ratio"] - cost["low"] for cost in costs],
            [cost["high"] - cost["ratio"] for cost in costs],
        ]
        panel.barh(names, ratios, color=colours, xerr=spread, error_kw={"linewidth": 0.8})
        panel.axvline(1, color="#d1242f", linewidth=0.8)
        panel.set_title(title, fontsize=8)
        panel.tick_params(left=False)
        panel.spines[["top", "right"]].set_visible(False)
    figure.suptitle("CPU, as a multiple of the raw boto3 client's; less is better", fontsize=9)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(figure)


if __name__ == "__main__":
    write(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]))
