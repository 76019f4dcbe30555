"""Finding a design by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from singletable.design import load_callers, load_design
from singletable.errors.declaration import InvalidFormat, InvalidPattern
from singletable.errors.design import DesignFailed, DesignNotFound
from tests.singletable.library import library
from tests.singletable.raises import raises

ONE = """
from singletable import Entity, Table
{name} = Table('{name}')
class Thing(Entity, table={name}):
    '''A thing.'''
    thing_id: str
    key = {name}.primary.key('T#{{thing_id}}', 'T')
"""
Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes modules into a folder of their own; forgets them afterwards."""
    known, path = set(sys.modules), list(sys.path)

    def file(name: str, text: str) -> None:
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    monkeypatch.chdir(tmp_path)
    yield file
    sys.path[:] = path
    for name in set(sys.modules) - known:
        del sys.modules[name]


def test_a_package_is_searched_with_all_its_modules() -> None:
    """The table itself may stand in another package: its entities lead to it."""
    assert load_design("tests.singletable.library.asked") == (library,)


def test_an_attribute_names_the_table_itself() -> None:
    """For modules that know more than one."""
    assert load_design("tests.singletable.library.model.table:library") == (library,)


def test_the_working_directory_is_searched(write: Write) -> None:
    """As `python -m` does."""
    write("shelf.py", ONE.format(name="shelf"))
    assert [table.name for table in load_design("shelf")] == ["shelf"]


def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With the place where it was looked for."""
    with raises(
        DesignNotFound, where="nowhere.at_all", declared="no module nowhere", allowed=tmp_path
    ):
        load_design("nowhere.at_all", tmp_path)


def test_a_module_that_lacks_a_dependency_is_told_from_one_that_is_not_there(
    write: Write,
) -> None:
    """The design exists; what it imports does not."""
    write("needy.py", "import not_installed\n")
    with raises(
        DesignFailed, where="needy", declared="No module named 'not_installed' (needy.py:1)"
    ):
        load_design("needy")


def test_a_name_that_a_module_lacks_is_its_own_fault(write: Write) -> None:
    """`ImportError` carries the module's name too."""
    write("circle.py", "from circle import nothing\n")
    with raises(DesignFailed, where="circle", declared="cannot import name 'nothing'"):
        load_design("circle")


def test_a_module_without_a_table_is_no_design(write: Write) -> None:
    """An empty module is a misspelt one."""
    write("empty.py", "")
    with raises(DesignNotFound, where="empty", declared="it has no table"):
        load_design("empty")


def test_a_design_may_have_several_tables(write: Write) -> None:
    """All of a package's, or the one that is named."""
    write("pair/__init__.py", ONE.format(name="left"))
    write("pair/more.py", ONE.format(name="right"))
    assert [table.name for table in load_design("pair")] == ["left", "right"]
    assert [table.name for table in load_design("pair.more:right")] == ["right"]


def test_an_attribute_that_is_no_table_is_refused(write: Write) -> None:
    """Also one that is not there."""
    write("things.py", "x = 1\n")
    for spec in ("things:x", "things:y"):
        with raises(DesignNotFound, where=spec, declared="is no table"):
            load_design(spec)


def test_the_variable_of_a_table_is_not_its_declared_name(write: Write) -> None:
    """The variables that are tables are named."""
    write("pair.py", "from singletable import Table\na, b = Table('one'), Table('two')\n")
    with raises(DesignNotFound, where="pair:one", allowed="pair:a or pair:b"):
        load_design("pair:one")


def test_a_contradiction_keeps_its_own_message(write: Write) -> None:
    """It says where, what and what is allowed already."""
    write(
        "wrong.py",
        "from singletable import access_pattern\n@access_pattern\ndef ask() -> None:\n    pass\n",
    )
    with raises(InvalidPattern, where="wrong.ask (wrong.py:2)", declared="no docstring"):
        load_design("wrong")


def test_a_contradiction_is_noted_with_its_place(write: Write, tmp_path: Path) -> None:
    """The innermost line of the user's code: what is at fault may have no name yet."""
    write(
        "kinds.py",
        "from singletable.formats import text\n"
        "def kind():\n"
        "    return text(fold='nfc', lower=True)\n",
    )
    write("typed.py", "from kinds import kind\nName = kind()\n")
    with pytest.raises(InvalidFormat) as caught:
        load_design("typed")
    assert caught.value.__notes__ == [f"where: {tmp_path / 'kinds.py'}:3"]


def test_any_other_failure_names_its_place(write: Write) -> None:
    """So that no traceback is needed."""
    write("broken.py", "\n1 / 0\n")
    with raises(
        DesignFailed, where="broken", declared="ZeroDivisionError: division by zero (broken.py:2)"
    ):
        load_design("broken")


def test_a_failure_in_a_library_names_the_line_that_led_to_it(write: Write) -> None:
    """Not a line of pydantic's."""
    write("odd.py", "from pydantic import BaseModel\nclass Odd(BaseModel):\n    x = 1\n")
    with raises(DesignFailed, where="odd", declared="(odd.py:2)"):
        load_design("odd")


def test_a_design_does_not_end_the_program(write: Write) -> None:
    """Whoever loads it would end in silence, with an exit code that it does not know."""
    write("leaving.py", "import sys\n\nsys.exit(5)\n")
    with raises(DesignFailed, where="leaving", declared="SystemExit: 5 (leaving.py:3)"):
        load_design("leaving")


def test_callers_are_what_a_function_says(write: Write) -> None:
    """Its captions may be any text."""
    write("who.py", "def callers():\n    return {'a.b': ['GET /a']}\nnone = 1\n")
    assert load_callers("who:callers") == {"a.b": ("GET /a",)}
    with raises(DesignNotFound, where="who:none", declared="no function"):
        load_callers("who:none")
