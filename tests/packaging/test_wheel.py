"""The published wheel: the engine alone, typed, and at home beside anybody's `model` and `app`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

import singletable

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]

FOREIGN = {
    "model/__init__.py": '"""A design of another team."""\n',
    "model/book.py": '''"""Books."""
from __future__ import annotations
from typing import Annotated
from singletable import Entity, Table
from singletable.formats import slug

shelf = Table("shelf")


class Book(Entity, table=shelf):
    """A book."""

    book_id: Annotated[str, slug()]
    title: str
    key = shelf.primary.key("BOOK#{book_id}", "BOOK")
''',
    "app/__init__.py": "",
    "app/books.py": '''"""What is asked of books."""
from __future__ import annotations
from model.book import Book
from singletable import Get, access_pattern


@access_pattern
def by_id(book_id: str) -> Get[Book]:
    """One book."""
    return Book.key.get(book_id=book_id)
''',
    "ask.py": """import app.books, model.book, singletable
from singletable.inspect import Context, patterns

(request,) = app.books.by_id("emma").requests(Context())
print(singletable.__file__)
print(model.__file__)
print(request.parameters["Key"]["PK"]["S"], *patterns(model.book.shelf))
""",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the project without touching it or any index."""
    target = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", target, ROOT)
    (built,) = target.glob("*.whl")
    return built


def run(*command: object, cwd: Path = ROOT) -> str:
    """The output; the test fails with it if the command does."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_holds_the_engine_alone(wheel: Path) -> None:
    """No `model`, `app` or `tests` that would overwrite another package's; and it is typed."""
    names = zipfile.ZipFile(wheel).namelist()
    roots = {name.partition("/")[0] for name in names}
    (metadata,) = (root for root in roots if root.endswith(".dist-info"))
    assert roots == {"singletable", metadata}
    assert "singletable/py.typed" in names
    assert "singletable/entity/entity.py" in names
    assert not [name for name in names if name.endswith(".pyc")]
    assert [name for name in names if name.endswith(".toml")] == ["singletable/check/prices.toml"]
    sources = {str(path.relative_to(ROOT)) for path in (ROOT / "singletable").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources


def test_its_metadata_names_licence_version_and_extras(wheel: Path) -> None:
    """What the repository needs for its backend and its tests is no business of the package."""
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    (path,) = (name for name in names if name.endswith(".dist-info/METADATA"))
    metadata = message_from_bytes(archive.read(path))
    assert metadata["Version"] == singletable.__version__
    assert metadata["License-Expression"] == "MIT"
    assert path.replace("METADATA", "licenses/LICENSE") in names
    assert metadata.get_all("Provides-Extra") == ["cli", "otel"]
    required = metadata.get_all("Requires-Dist", [])
    extra = {line for line in required if "extra == " in line}
    needed = {re.split(r"[^\w-]", line)[0] for line in set(required) - extra}
    assert needed == {"boto3", "cryptography", "pydantic", "typing-extensions"}
    assert {re.split(r"[^\w-]", line)[0] for line in extra} == {"opentelemetry-api", "shtab"}
    entry_points = archive.read(path.replace("METADATA", "entry_points.txt")).decode()
    assert "[pytest11]\nsingletable = singletable.testing.plugin" in entry_points


def test_an_installed_engine_serves_a_foreign_design(wheel: Path, tmp_path: Path) -> None:
    """With `model` and `app` packages of its own; nothing is taken from this project."""
    venv.create(tmp_path / "venv", with_pip=False)
    (python,) = (tmp_path / "venv" / "bin").glob("python")
    paths = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))")
    site = Path(paths.strip())
    zipfile.ZipFile(wheel).extractall(site)
    # The dependencies of the engine, seen behind it; .pth files of theirs are not read.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    design = tmp_path / "design"
    for name, text in FOREIGN.items():
        (design / name).parent.mkdir(parents=True, exist_ok=True)
        (design / name).write_text(text)
    engine, model, answer = run(python, "-W", "error", "ask.py", cwd=design).splitlines()
    assert Path(engine).is_relative_to(site)
    assert Path(model).is_relative_to(design)
    assert answer == "BOOK#emma books.by_id"


HEAVY = ("boto3", "botocore", "fastapi", "mangum", "redis", "jose", "moto", "model", "app")


@pytest.mark.parametrize("module", ["singletable", "singletable.patterns", "singletable.emit"])
def test_the_engine_imports_without_sdk_or_framework(module: str) -> None:
    """Nothing that talks to a network is loaded until a transport is chosen."""
    code = f"import {module}, sys; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    code = code.replace(repr(HEAVY), repr(set(HEAVY)))
    assert run(sys.executable, "-W", "error", "-c", code).strip() == ""


def test_every_room_imports_on_its_own() -> None:
    """Whichever comes first: no order of imports is relied on."""
    code = """
import importlib, pkgutil, sys, singletable
rooms = [each.name for each in pkgutil.iter_modules(singletable.__path__) if each.ispkg]
names = [f"singletable.{room}" for room in rooms]
for name in names:
    for loaded in [known for known in sys.modules if known.partition(".")[0] == "singletable"]:
        del sys.modules[loaded]
    importlib.import_module(name)
print(len(names))
"""
    assert int(run(sys.executable, "-W", "error", "-c", code)) > 12
