"""ElectroDB and OneTable behind a process of Node, and what changed in a table meanwhile."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.backends import COMPULSORY

Item: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).with_name("node")
INSTALL = """
source scripts/lib/common.sh && source "$LIB/environment.sh" && source "$LIB/node.sh"
find_node >&2 && install_modules tests/foreign/node >&2 && echo "$NODE_DIR/bin/node"
"""
INSTALL_SECONDS = 180


class Refused(Exception):
    """What the library raised."""

    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(f"{name} {code}: {message}")
        self.code = code
        self.message = message


class Library:
    """A library that has been opened on one table."""

    def __init__(self, node: str, name: str, endpoint: str, table: str) -> None:
        self._process = subprocess.Popen(
            [node, "driver.mjs", name, endpoint, table],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=NODE,
        )

    def call(self, *chain: str | list[Any]) -> Any:
        """The value at the end of a chain of names and calls; raises `Refused`."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(chain) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise Refused(answer["error"], answer["code"], answer["message"])
        return answer["value"]

    def close(self) -> None:
        """Ends the process, which ends with its input."""
        self._process.communicate(timeout=30)


def install_node() -> str:
    """The path of Node, once the pinned packages are installed; skips the test without them."""
    with (NODE / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of several pytest workers one installs
        try:
            done = subprocess.run(
                ["bash", "-c", INSTALL],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=INSTALL_SECONDS,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            reason = f"tests/foreign/node could not be installed: {error}: {error.stderr!r}"
            if os.environ.get(COMPULSORY) == "1":
                pytest.fail(reason)
            pytest.skip(reason)
    return done.stdout.strip()


def find_changes(before: Iterable[Item], after: Iterable[Item]) -> dict[str, Item]:
    """What differs, attribute by attribute, of each item by its key; None for what is gone."""
    old, new = _by_key(before), _by_key(after)
    found = {key: _differences(old.get(key, {}), new.get(key, {})) for key in {**old, **new}}
    return {key: each for key, each in found.items() if each}


def _differences(old: Item, new: Item) -> Item:
    return {name: new.get(name) for name in {**old, **new} if old.get(name) != new.get(name)}


def _by_key(items: Iterable[Item]) -> Mapping[str, Item]:
    return {f"{item['pk']['S']} / {item['sk']['S']}": item for item in items}


def normal(item: Item) -> Item:
    """The item with its sets in order, which DynamoDB gives in any."""
    return {
        name: {kind: sorted(value) if kind in ("SS", "NS", "BS") else value}
        for name, attribute in item.items()
        for kind, value in attribute.items()
    }
