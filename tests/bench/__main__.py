"""Measures singletable beside boto3 and other libraries, and the app beside routes by hand.

What was measured is kept after each row: an interrupted run goes on where it was, unless the code
or a library changed since. A row whose library is not installed is left out, and says so.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.bench import app, clients, cold, growth, report
from tests.bench.pairs import QUICK, ROOT, Effort

SECTIONS: Mapping[str, ModuleType] = {
    "clients": clients,
    "growth": growth,
    "cold": cold,
    "app": app,
}
PYTHON = platform.python_version()
RESULTS = ROOT / ".devserver" / "bench" / f"results-{PYTHON}.json"
PAGE = ROOT / "docs" / "performance.md"
PACKAGES = "boto3 pydantic pynamodb pydynantic pydynox aiodynamo aiohttp dynamoxy fastapi uvicorn"
INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # may be ignored in the background
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    effort = QUICK if options.quick else Effort()
    try:
        results = Results(options.results, options.quick, options.fresh)
        for section in options.only:
            measure(section, results, effort)
    except KeyboardInterrupt:
        print("interrupted: the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    failed = results.failed()
    for name, reason in failed.items():
        print(f"failed: {name}: {reason.strip().splitlines()[-1]}", file=sys.stderr)
    if missing := results.missing():
        print(f"no page: not measured yet are {', '.join(missing)}", file=sys.stderr)
    elif options.page and not failed:
        report.write(results.found, options.page)
        print(f"wrote {options.page}", file=sys.stderr)
    return 1 if failed else 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog="Exit codes: 0 measured, 1 a row failed, 2 usage, 130 interrupted.",
    )
    parser.add_argument("--quick", action="store_true", help="seconds: proves that it runs")
    parser.add_argument(
        "--only", default=",".join(SECTIONS), help="sections, with commas (default: %(default)s)"
    )
    parser.add_argument("--fresh", action="store_true", help="forgets what was measured before")
    parser.add_argument("--results", type=Path, help=f"JSON; default: {RESULTS.relative_to(ROOT)}")
    parser.add_argument(
        "--page",
        type=Path,
        help=f"what is written when all is measured; default: {PAGE.relative_to(ROOT)},"
        " with --quick none",
    )
    options = parser.parse_args(arguments)
    options.only = options.only.split(",")
    if unknown := set(options.only) - set(SECTIONS):
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    options.results = options.results or (
        RESULTS.with_name("quick.json") if options.quick else RESULTS
    )
    options.page = options.page or (None if options.quick else PAGE)
    return options


class Results:
    """By section and row, in a file that is written after each row."""

    def __init__(self, path: Path, is_quick: bool, is_fresh: bool) -> None:
        self._path = path
        about = about_this_run(is_quick)
        self.found: dict[str, Any] = {"about": about, **{name: {} for name in SECTIONS}}
        if path.exists() and not is_fresh:
            before = json.loads(path.read_text())
            if before["about"]["of"] == about["of"]:
                self.found = before
            else:
                print("the code or a library changed: measuring all anew", file=sys.stderr)

    def has(self, section: str, row: str) -> bool:
        known = self.found[section].get(row)
        return known is not None and "failed" not in known

    def keep(self, section: str, row: str, values: dict[str, Any]) -> None:
        self.found[section][row] = values | {"load": os.getloadavg()[0]}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(".part")
        written.write_text(json.dumps(self.found, indent=1))
        written.replace(self._path)

    def failed(self) -> dict[str, str]:
        return {
            f"{section}, {row}": values["failed"]
            for section in SECTIONS
            for row, values in self.found[section].items()
            if "failed" in values
        }

    def missing(self) -> list[str]:
        """Sections without all of their rows."""
        return [name for name, each in SECTIONS.items() if set(each.ROWS) - set(self.found[name])]


def about_this_run(is_quick: bool) -> dict[str, Any]:
    """`of` says whether results of two runs may stand side by side."""
    versions = {name: found for name in PACKAGES.split() if (found := _version(name))}
    return {
        "of": {
            "code": _code(),
            "python": PYTHON,
            "versions": versions,
            "quick": is_quick,
        },
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores ({_processor()}), {platform.system()}",
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text().splitlines() if cpus.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _code() -> str:
    """Of the commit and of what is not committed."""
    parts = ("singletable", "model", "access_patterns", "app", "tests/bench")
    known = _git("rev-parse", "HEAD") + _git("diff", "HEAD", "--", *parts)
    return hashlib.sha256(known).hexdigest()[:16]


def _git(*words: str) -> bytes:
    """Empty where this is no clone."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=False).stdout


def measure(section: str, results: Results, effort: Effort) -> None:
    """Every row that has no result yet; one that fails does not keep others from being measured."""
    module = SECTIONS[section]
    wanted = [row for row in module.ROWS if not results.has(section, row)]
    for row in wanted if effort.is_quick else ():
        if row not in module.QUICK:
            results.keep(section, row, {"left_out": "the quick mode measures ours alone"})
    wanted = [row for row in wanted if not results.has(section, row)]
    if not wanted:
        return
    with module.opened(effort) as measured:
        for row in wanted:
            at, began = module.ROWS.index(row) + 1, time.perf_counter()
            place = f"{section} {at} of {len(module.ROWS)}: {row}"
            print(place, end=" … ", file=sys.stderr, flush=True)
            try:
                values = measured(row)
            except Exception as error:  # noqa: BLE001 - whatever a library raises
                values = {"failed": f"{type(error).__name__}: {error}"}
            took = f"{time.perf_counter() - began:.0f} s"
            said = values.get("left_out") or ("failed" if "failed" in values else took)
            print(said, file=sys.stderr, flush=True)
            results.keep(section, row, values)


if __name__ == "__main__":
    sys.exit(main())
