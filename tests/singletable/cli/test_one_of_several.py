"""One table of a design of several, named by its variable: all of the design is loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.singletable.cli.conftest import Run

TABLES = "from singletable import Table\nshop = Table('shop')\nlog = Table('log')\n"
MODEL = """
from datetime import datetime
from typing import Annotated
from singletable import TTL, Entity
from .tables import log, shop
class Login(Entity, table=shop):
    '''A login.'''
    login_id: str
    expires_at: Annotated[datetime, TTL]
    key = shop.primary.key("LOGIN#{login_id}", "LOGIN")
class Line(Entity, table=log):
    '''A line.'''
    line_id: str
    key = log.primary.key("LINE#{line_id}", "LINE")
"""
ASKED = """
from singletable.patterns import gets
from .model import Login
login = gets(Login.key, "A login.")
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package whose tables, entities and patterns are in modules of their own."""
    known, path = set(sys.modules), list(sys.path)
    package = tmp_path / "kiosk"
    package.mkdir()
    modules = {"__init__": "", "tables": TABLES, "model": MODEL, "asked": ASKED}
    for name, text in modules.items():
        (package / f"{name}.py").write_text(text)
    (tmp_path / "pyproject.toml").write_text('[tool.singletable]\ndesign = "kiosk"\n')
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - known:
        del sys.modules[name]


@pytest.mark.parametrize("folder", [".", "kiosk"])
def test_the_module_of_the_table_brings_the_rest_of_the_design(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    """Else a table would be deployed without its TTL."""
    monkeypatch.chdir(project / folder)
    data = run("table", "--ttl", design="kiosk.tables:shop").data
    assert data["TimeToLiveSpecification"]["AttributeName"] == "expires_at"
    template = run("table", "--format", "cloudformation", design="kiosk.tables:shop").out
    assert "TimeToLiveSpecification" in template
    policy = run("policy", "--patterns", "asked.login", design="kiosk.tables:shop").data
    assert policy["Statement"][0]["Action"] == ["dynamodb:GetItem"]


def test_a_configured_table_brings_its_module(run: Run, project: Path) -> None:
    """Also where `design` itself names a variable."""
    (project / "pyproject.toml").write_text('[tool.singletable]\ndesign = "kiosk.asked:shop"\n')
    assert run("patterns", design="kiosk.tables:shop").out.startswith("asked.login ")


def test_a_package_is_loaded_whole_without_settings(run: Run, project: Path) -> None:
    """The variable chooses among what all its modules declare."""
    (project / "pyproject.toml").write_text("")
    (project / "kiosk" / "__init__.py").write_text("from .tables import shop\n")
    assert run("table", "--ttl", design="kiosk:shop").code == 0


def test_a_table_without_an_entity_is_refused(run: Run, project: Path) -> None:
    """With what to name instead: nothing tells it from one whose entities were not imported."""
    (project / "pyproject.toml").write_text("")
    ran = run("table", design="kiosk.tables:shop")
    assert (ran.code, ran.out) == (2, "")
    assert "no module that was imported declares an entity of the table 'shop'" in ran.err
    assert "Allowed: a package whose modules declare them" in ran.err


def test_the_modules_that_hold_the_variable_are_named(run: Run) -> None:
    """Where the package itself does not."""
    ran = run("table", design="kiosk:shop")
    assert ran.code == 2
    assert "Allowed: kiosk.model:shop or kiosk.tables:shop\n" in ran.err
    ran = run("table", design="kiosk:store")
    assert "kiosk.tables:shop or kiosk.tables:log" in ran.err
