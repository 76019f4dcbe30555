"""`singletable cost`, and `check --volumes`, of a design in a file and of the project's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from singletable.check.examples import EXAMPLES
from tests.singletable.cli.conftest import Run

FIGURES = """
[entities.Order]
items = 1_000_000
size = 500

[keys."Order.primary"]
skew = 1.0

[patterns.place]
rate = 10
peak = 4445
"""


@pytest.fixture
def shop(tmp_path: Path) -> str:
    path = tmp_path / "design.json"
    path.write_text(json.dumps(EXAMPLES["hot-partition"].breaks))
    return str(path)


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


@pytest.fixture
def volumes(tmp_path: Path) -> str:
    return written(tmp_path, "figures.toml", FIGURES)


def test_a_month_is_computed(run: Run, shop: str, volumes: str) -> None:
    ran = run("cost", shop, "--volumes", volumes, design=None)
    assert ran.code == 0
    cells = [line.split() for line in ran.out.splitlines()]
    assert ["place", "0", "1", "0", "0", "10", "4,445", "$16.43"] in cells
    assert ran.out.endswith("$16.56 a month, by the prices of us-east-1 from 2024-11-01\n")


def test_as_data(run: Run, shop: str, volumes: str) -> None:
    data = run("cost", shop, "--volumes", volumes, "--json", design=None).data
    [pattern] = data["patterns"]
    assert pattern["units"] == [
        {"kind": "write", "table": "shop", "index": "primary", "units": 1},
    ]
    assert pattern["month"] == pytest.approx(16.425)
    assert data["month"] == pytest.approx(16.425 + 600e6 / 1024**3 * 0.25)
    assert (data["missing"], data["exceeded"]) == ([], [])


@pytest.mark.parametrize(
    ("budget", "code", "told"),
    [
        ("month = 20\n[patterns]\nplace = 17", 0, ""),
        ("month = 16.5", 1, "in all: $16.56, where $16.50 is most"),
        ("[patterns]\nplace = 16", 1, "place: $16.43, where $16.00 is most"),
        ("[patterns]\nplcae = 16", 2, "did you mean place?"),
        ("[patterns]\nplace = -1", 2, "patterns.place"),
        ("moth = 16", 2, "did you mean month?"),
    ],
)
def test_a_budget(
    run: Run, tmp_path: Path, shop: str, volumes: str, budget: str, code: int, told: str
) -> None:
    file = written(tmp_path, "budget.toml", budget)
    ran = run("cost", shop, "--volumes", volumes, "--budget", file, design=None)
    assert ran.code == code
    assert told in ran.out + ran.err


def test_a_budget_of_what_is_not_known_is_exceeded(run: Run, tmp_path: Path, shop: str) -> None:
    """It is not nothing that it costs."""
    figures = written(tmp_path, "figures.toml", "[patterns.place]\nrate = 10\n")
    budget = written(tmp_path, "budget.toml", "[patterns]\nplace = 1")
    ran = run("cost", shop, "--volumes", figures, "--budget", budget, design=None)
    assert ran.code == 1
    assert "place: not known; missing: entities.Order.size" in ran.out
    assert "without what is not known" in ran.out


def test_other_prices(run: Run, tmp_path: Path, shop: str, volumes: str) -> None:
    prices = "date = 2026-01-01\n[regions.eu-north-1]\nread = 1\nwrite = 2\nstorage = 0\n"
    file = written(tmp_path, "prices.toml", prices)
    words = ["cost", shop, "--volumes", volumes, "--region", "eu-north-1"]
    ran = run(*words, "--prices", file, design=None)
    assert ran.out.endswith("$52.56 a month, by the prices of eu-north-1 from 2026-01-01\n")
    assert run(*words, design=None).code == 2
    assert "--prices FILE has others" in run(*words, design=None).err


def test_heat_is_shown_by_bars(run: Run, shop: str, volumes: str, tmp_path: Path) -> None:
    """Full at what a partition serves; above it marked; a third of it is a third of the bar."""
    asked = ("cost", shop, "--volumes")
    assert re.search(
        r"^ORDERED#\{day\} +write +4,445 +444.5%  █{20} !$",
        run(*asked, volumes, design=None).out,
        re.M,
    )
    cooler = written(tmp_path, "cooler.toml", FIGURES.replace("4445", "330"))
    assert re.search(r" 33.0%  █{7}░{13}$", run(*asked, cooler, design=None).out, re.M)
    [heat] = run(*asked, volumes, "--json", design=None).data["heat"]
    assert heat == {
        "key": "Order.primary",
        "partition": "ORDERED#{day}",
        "kind": "write",
        "units": 4445,
        "limit": 1000,
        "patterns": ["place"],
    }


def test_volumes_that_are_not_there(run: Run, shop: str) -> None:
    ran = run("cost", shop, design=None)
    assert ran.code == 2
    assert "volumes.toml" in ran.err


def test_heat_is_found_where_volumes_are_given(run: Run, shop: str, volumes: str) -> None:
    assert "hot-partition" not in run("check", shop, design=None).out
    ran = run("check", shop, "--volumes", volumes, design=None)
    assert ran.code == 1
    assert "at least 5 shards" in ran.out


def test_a_file_beside_the_design_is_read(run: Run, shop: str) -> None:
    """By both commands; not for another design than the one that it is beside."""
    written(Path(shop).parent, "volumes.toml", FIGURES)
    assert "at least 5 shards" in run("check", shop, design=None).out
    assert "place" in run("cost", shop, design=None).out
    assert run("check", "--fail-on", "error", design="tests.singletable.library").code == 0


def test_the_volumes_that_the_page_shows(run: Run, tmp_path: Path) -> None:
    """They are of this project's design, and those of a budget and of prices are taken, too."""
    page = (Path(__file__).parents[3] / "docs" / "costs.md").read_text()
    volumes, prices, budget = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    words = [
        *("--volumes", written(tmp_path, "figures.toml", volumes)),
        *("--prices", written(tmp_path, "prices.toml", prices)),
        *("--budget", written(tmp_path, "budget.toml", budget)),
    ]
    ran = run("cost", *words, "--region", "eu-west-1", design="access_patterns")
    assert (ran.code, ran.err) == (1, "")
    assert "posts.published: $" in ran.out


def test_the_project_is_priced(run: Run, tmp_path: Path) -> None:
    """Patterns and entities of which nothing is said are counted, not listed."""
    ran = run("patterns", "--json")
    name = ran.data[0]["name"]
    figures = written(tmp_path, "figures.toml", f'[patterns."{name}"]\nrate = 1\n')
    priced = run("cost", "--volumes", figures)
    assert priced.code == 0
    assert f"the volumes say nothing of {len(ran.data) - 1} patterns" in priced.out
