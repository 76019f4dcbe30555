"""The keys that imports of ElectroDB's schemas are held against are those that ElectroDB makes."""

from __future__ import annotations

import subprocess

import pytest

from tests.foreign.library import NODE, install_node

pytestmark = [pytest.mark.connected, pytest.mark.slow]


def test_electrodb_makes_the_keys_that_are_recorded() -> None:
    made = subprocess.run(
        [install_node(), "keys.mjs"], capture_output=True, text=True, cwd=NODE, check=True
    )
    assert made.stdout == (NODE.parent / "electrodb_keys.json").read_text()
