"""Node's packages are pinned and hashed, from whichever registry; screenshots are small."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
FOLDERS = [TESTS / "clients" / "typescript", TESTS / "browser", TESTS / "foreign" / "node"]
LARGEST_BYTES = 200_000


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_a_lock_names_no_registry(folder: Path) -> None:
    """It installs from any: no entry says where it came from, and npm is told not to write it."""
    lock = json.loads((folder / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert "omit-lockfile-registry-resolved=true" in (folder / ".npmrc").read_text()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(folder: Path) -> None:
    """One version each, with its hash; package.json names exact versions too."""
    lock = json.loads((folder / "package-lock.json").read_text())
    own, *packages = lock["packages"].values()
    assert packages
    assert all(re.match(r"sha512-", each["integrity"]) for each in packages)
    wanted = {**own.get("dependencies", {}), **own.get("devDependencies", {})}
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_screenshots_are_small() -> None:
    """A clone carries them for ever."""
    images = list((ROOT / "docs" / "images").glob("*.png"))
    assert {image.name for image in images} == {"docs.png", "docs-list.png"}
    assert all(image.stat().st_size < LARGEST_BYTES for image in images)
