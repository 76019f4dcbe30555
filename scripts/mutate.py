#!/usr/bin/env python3
"""Runs the engine's tests against mutants of its core and prints the share that they kill.

mutmut makes the mutants, keeps every verdict in mutants/ and runs what covers the changed function.
This script chooses which: a sample of each room, the same for the same seed. It may be interrupted;
the next run tests what has no verdict yet. Verdicts are forgotten where the mutated code changed.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("templates", "formats", "codec", "expressions", "operations")
UNTESTED = "not checked"
SURVIVED = {"survived", "no tests"}
BATCH = 20


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    verdicts = generate()
    chosen = [
        name for room in options.rooms for name in sample(verdicts, room, options.sample, options)
    ]
    if not chosen:
        print(f"no mutant of {', '.join(options.rooms)}: is mutants/ half made? remove it")
        return 2
    run([name for name in chosen if verdicts[name] == UNTESTED])
    return report({name: all_verdicts()[name] for name in chosen}, options)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/mutate.py",
        description=(__doc__ or "").partition("\n\n")[0],
        epilog="Exit codes: 0 the score reaches --fail-under, 1 it does not, 2 no verdicts.",
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}")
    parser.add_argument("--sample", type=int, default=40, help="mutants of each room; 0: all")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another sample")
    parser.add_argument("--fail-under", type=float, default=0, help="least score, in percent")
    parser.add_argument("--json", action="store_true", help="the result for scripts")
    options = parser.parse_args(arguments)
    if unknown := set(options.rooms) - set(ROOMS):
        parser.error(f"no room named {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    options.rooms = options.rooms or list(ROOMS)
    return options


def sample(
    verdicts: dict[str, str], room: str, size: int, options: argparse.Namespace
) -> list[str]:
    """Chooses mutants of a room, in an order that depends on their names and the seed alone."""
    names = sorted(name for name in verdicts if name.startswith(f"singletable.{room}."))
    random.Random(f"{options.seed} {room}").shuffle(names)  # noqa: S311 - no secret
    return names[:size] if size else names


def run(names: list[str]) -> None:
    """Tests these mutants, some at a time: mutmut writes verdicts as it goes."""
    for start in range(0, len(names), BATCH):
        print(f"{start} of {len(names)} tested", file=sys.stderr)
        mutmut("run", *names[start : start + BATCH])


def generate() -> dict[str, str]:
    """Makes mutants of what changed, and times the tests; no mutant has the name asked for."""
    print("making mutants of what changed; at first, timing the tests", file=sys.stderr)
    mutmut("run", "none")
    return all_verdicts()


def all_verdicts() -> dict[str, str]:
    """The verdict of every mutant by its name."""
    lines = mutmut("results", "--all", "true").splitlines()
    pairs = (line.strip().partition(": ") for line in lines if ": " in line)
    return {name: verdict for name, _, verdict in pairs}


def mutmut(*arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout


def report(verdicts: dict[str, str], options: argparse.Namespace) -> int:
    survivors = sorted(name for name, verdict in verdicts.items() if verdict in SURVIVED)
    tested = sum(verdict != UNTESTED for verdict in verdicts.values())
    if tested < len(verdicts):
        print(f"{len(verdicts) - tested} mutants could not be tested: did code or tests change?")
        return 2
    score = 100 * (1 - len(survivors) / tested)
    if options.json:
        print(json.dumps({"score": score, "verdicts": verdicts, "survivors": survivors}))
    else:
        for name in survivors:
            print(f"--- {name}: {verdicts[name]}\n{difference(name)}")
        for room in options.rooms:
            print(f"{room:12} {counts(verdicts, room)}")
        print(f"{score:.1f} % of {len(verdicts)} mutants were noticed")
    return 0 if score >= options.fail_under else 1


def difference(name: str) -> str:
    lines = mutmut("show", name).splitlines()
    return "\n".join(line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def counts(verdicts: dict[str, str], room: str) -> str:
    of_room: Iterable[str] = (
        verdict for name, verdict in verdicts.items() if name.startswith(f"singletable.{room}.")
    )
    return ", ".join(f"{count} {verdict}" for verdict, count in Counter(of_room).most_common())


if __name__ == "__main__":
    sys.exit(main())
