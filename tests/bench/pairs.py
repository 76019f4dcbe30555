"""Costs beside those of a base, so that ratios hold on a machine that others use.

The two alternate in short blocks: what slows one slows the other, and the median of the ratios of
pairs stays while milliseconds drift. pyperf would measure one after the other, minutes apart.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.items import ACCESS_KEY, REGION, SECRET_KEY

ROOT = Path(__file__).parents[2]
Row = dict[str, Any]
"""What was measured; or `left_out` or `failed`, and why."""


@dataclass
class Cost:
    """Seconds of one call: of CPU, user and system, by all threads of this process; and of time."""

    cpu: float = 0
    wall: float = 0


@dataclass(frozen=True)
class Effort:
    """`rounds` pairs of blocks that last so long each; `starts` pairs of processes;
    `loads` pairs of so many seconds of requests."""

    rounds: int = 40
    block_seconds: float = 0.015
    starts: int = 9
    loads: int = 7
    load_seconds: float = 1
    is_quick: bool = False


QUICK = Effort(rounds=2, block_seconds=0.002, starts=1, loads=1, load_seconds=0.2, is_quick=True)


@contextmanager
def spent(times: int) -> Generator[Cost]:
    """Filled in at the end: what one of so many calls cost."""
    cost = Cost()
    wall, cpu = time.perf_counter(), time.process_time()
    yield cost
    cost.cpu = (time.process_time() - cpu) / times
    cost.wall = (time.perf_counter() - wall) / times


def paired(
    mine: Callable[[int], Cost], base: Callable[[int], Cost], effort: Effort
) -> list[tuple[Cost, Cost]]:
    """Blocks of both in turn, each pair beginning with the other."""
    sides = [mine, base]
    for side in sides:  # opens connections, compiles what is compiled late
        side(max(2, effort.rounds // 4))
    times = [_times(side, effort.block_seconds) for side in sides]
    gc.collect()
    found = list[tuple[Cost, Cost]]()
    for number in range(effort.rounds):
        costs = dict[int, Cost]()
        for at in (0, 1) if number % 2 else (1, 0):
            costs[at] = sides[at](times[at])
        found.append((costs[0], costs[1]))
    return found


def _times(side: Callable[[int], Cost], seconds: float) -> int:
    return max(1, int(seconds / max(side(5).cpu, 1e-7)))


def summary(pairs: list[tuple[Cost, Cost]]) -> Row:
    """For CPU and wall: the ratio's median and quartiles, and milliseconds, best and median."""
    return {
        "cpu": _summary([(mine.cpu, base.cpu) for mine, base in pairs]),
        "wall": _summary([(mine.wall, base.wall) for mine, base in pairs]),
    }


def _summary(pairs: list[tuple[float, float]]) -> dict[str, float]:
    ratios = [mine / base for mine, base in pairs]
    quartiles = statistics.quantiles(ratios, n=4, method="inclusive") if ratios[1:] else ratios * 3
    low, middle, high = quartiles
    return {
        "ratio": middle,
        "low": low,
        "high": high,
        "best_ms": min(mine for mine, _ in pairs) * 1e3,
        "median_ms": statistics.median(mine for mine, _ in pairs) * 1e3,
        "base_best_ms": min(base for _, base in pairs) * 1e3,
        "base_median_ms": statistics.median(base for _, base in pairs) * 1e3,
    }


def run_json(command: list[str], **variables: str) -> Row:
    """What a process prints in its last line."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def environment(**more: str) -> dict[str, str]:
    """Variables for a process: nothing of this machine's AWS, and what the caller adds.

    Modules are compiled once, as those of other libraries were when they were installed.
    """
    left = ("AWS_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    aws = {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    return kept | aws | more
