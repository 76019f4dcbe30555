"""Bundles to load: the committed one, and small modules written by hand that misbehave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.opa import Limits, WasmPolicy

COMMITTED = Path(__file__).parents[4] / "opa" / "build"


@pytest.fixture(scope="session")
def policy() -> Iterator[WasmPolicy]:
    """The policy as it is deployed, which remembers no answer."""
    loaded = WasmPolicy.load(COMMITTED, Limits(remembered=0))
    yield loaded
    loaded.close()


class Folder:
    """A bundle to break: what is written is hashed as well, unless a test says otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("policy.wasm", (COMMITTED / "policy.wasm").read_bytes())
        self.write("data.json", (COMMITTED / "data.json").read_bytes())

    def write(self, name: str, content: bytes) -> None:
        (self.path / name).write_bytes(content)
        self.hash()

    def hash(self) -> None:
        built = [path for path in self.path.iterdir() if path.suffix != ".sha256"]
        lines = (
            f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built
        )
        (self.path / "policy.sha256").write_text("".join(lines))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A copy of the committed bundle."""
    return Folder(tmp_path)
