"""ElectroDB and OneTable behind a process of Node, and what changed in a table meanwhile."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest

from singletable import Repository
from singletable.operations import WriteOperation
from tests.backends import COMPULSORY, Backend

Item: TypeAlias = dict[str, Any]

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).with_name("node")
INSTALL = """
source scripts/lib/common.sh
source "$LIB/environment.sh"
source "$LIB/node.sh"
find_python
find_node
install_modules "$ROOT/tests/foreign/node" >&2
echo "$NODE_DIR/bin/node"
"""
INSTALL_SECONDS = 300


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
            said = error.stderr if isinstance(error, subprocess.CalledProcessError) else error
            reason = f"tests/foreign/node/package-lock.json could not be installed: {said}"
            if os.environ.get(COMPULSORY) == "1":
                pytest.fail(reason)
            pytest.skip(reason)
    return done.stdout.strip()


@dataclass
class SharedTable:
    """A table of a page's design, and the other library that writes to it."""

    design: ModuleType
    backend: Backend
    other: Any

    @property
    def repository(self) -> Repository:
        return self.backend.repository

    def changes(self, write: WriteOperation[Any]) -> dict[str, Item]:
        """What a write of ours changes of the stored items, a moment later."""
        before = self.backend.items()
        self.backend.clock.tick()
        self.repository.write(write)
        return find_changes(self.key_names, before, self.backend.items())

    @property
    def key_names(self) -> tuple[str, ...]:
        """The attributes of the table's own key."""
        return self.backend.declaration.primary_index.attribute_names

    def remove_all(self) -> None:
        """Deletes every item."""
        for item in self.backend.items():
            key = {name: item[name] for name in self.key_names}
            self.backend.client.delete_item(TableName=self.backend.name, Key=key)


def find_changes(names: tuple[str, ...], old: list[Item], new: list[Item]) -> dict[str, Item]:
    """What differs, attribute by attribute, of each item by its key; None for what is gone."""
    before, after = ({_key_text(names, item): item for item in each} for each in (old, new))
    keys = {**before, **after}
    found = {key: _differences(before.get(key, {}), after.get(key, {})) for key in keys}
    return {key: each for key, each in found.items() if each}


def _differences(old: Item, new: Item) -> Item:
    return {name: new.get(name) for name in {**old, **new} if old.get(name) != new.get(name)}


def _key_text(names: tuple[str, ...], item: Item) -> str:
    return " / ".join(item[name]["S"] for name in names)


def in_order(items: Iterable[Item], without: tuple[str, ...] = ()) -> list[Item]:
    """The items by their keys, without some attributes, and with sets in order."""
    found = [
        {
            name: {kind: sorted(value) if kind in ("SS", "NS", "BS") else value}
            for name, attribute in sorted(item.items())
            for kind, value in attribute.items()
            if name not in without
        }
        for item in items
    ]
    return sorted(found, key=str)
