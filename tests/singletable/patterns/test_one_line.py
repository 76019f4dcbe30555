"""Patterns of one line: what is declared, how it is named, where it may stand."""

from __future__ import annotations

import inspect as signatures
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import pytest

from singletable import Create, Delete, Entity, Get, Put, Query, Table, access_pattern, create
from singletable.design.compile import compile_design
from singletable.emit.golden import golden_files
from singletable.errors import (
    ContradictoryPattern,
    InvalidEntity,
    InvalidItem,
    InvalidPattern,
    UnplannedOperation,
)
from singletable.formats import integer
from singletable.inspect import pattern_name
from singletable.patterns import creates, deletes, gets, puts, queries
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.shop import Line, Product

market = Table("market")
gsi1 = market.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class MarketStall(Entity, table=market):
    """Where things are sold."""

    stall_id: str
    street: str | None = None
    key = market.primary.key("STALL#{stall_id}", "STALL")
    by_street = gsi1.key("STREET#{street}", "{stall_id}")


class Import(Entity, table=market):
    """Something from elsewhere; a Python keyword in small letters."""

    stall_id: str
    number: Annotated[int, integer(0, 999)]
    key = market.primary.key("STALL#{stall_id}", "IMPORT#{number}")


open_stall = creates(MarketStall, "A new stall.")
keep = puts(Import, "An import, also over an old one.")
stall = gets(MarketStall.key, "One stall.")
one_import = gets(Import.key, "One import of a stall.")
imports = queries(Import.key, "The imports of a stall.")
in_street = queries(MarketStall.by_street, "The stalls of a street.")
close = deletes(MarketStall, "A stall as it was read.")
drop = deletes(
    Import.key,
    """An import.

    It may be gone already.
    """,
)

DECLARED: dict[str, tuple[Any, str, Any]] = {
    "open_stall": (open_stall, "(market_stall: MarketStall)", Create[MarketStall]),
    "keep": (keep, "(import_: Import)", Put[Import]),
    "stall": (stall, "(stall_id: str)", Get[MarketStall]),
    "one_import": (one_import, "(stall_id: str, number: int)", Get[Import]),
    "imports": (imports, "(stall_id: str)", Query[Import]),
    "in_street": (in_street, "(street: str)", Query[MarketStall]),
    "close": (close, "(market_stall: MarketStall)", Delete),
    "drop": (drop, "(stall_id: str, number: int)", Delete),
}


@pytest.mark.parametrize("name", DECLARED)
def test_it_has_the_signature_that_one_would_write(name: str) -> None:
    """Fields in the order of the key, never None; an entity by the name of its class."""
    function, shown, returns = DECLARED[name]
    signature = signatures.signature(function)
    bare = signature.replace(return_annotation=signature.empty)
    assert str(bare).replace(f"{__name__}.", "") == shown
    assert signature.return_annotation == returns


def test_its_name_is_that_of_the_module_and_its_own() -> None:
    """In operations, inspection, documents and golden files, with its line and its question."""
    assert pattern_name(stall) == "test_one_line.stall"
    assert pattern_name(stall(stall_id="a")) == "test_one_line.stall"
    assert (stall.__name__, stall.__module__) == ("stall", __name__)
    assert drop.__doc__ is not None
    design = compile_design([market])
    known = {pattern.name: pattern for pattern in design.patterns}
    assert set(known) == {f"test_one_line.{name}" for name in DECLARED}
    found = known["test_one_line.drop"]
    lines = Path(__file__).read_text().splitlines()
    assert found.place is not None
    assert found.place.file.endswith("test_one_line.py")
    assert lines[found.place.line - 1] == "drop = deletes("
    assert (found.question, found.returns) == ("An import.", "None")
    assert found.description.endswith("It may be gone already.")
    assert [(each.name, each.type) for each in found.parameters] == [
        ("stall_id", "str"),
        ("number", "int"),
    ]
    assert len(golden_files(design)) == len(DECLARED)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(market)


def test_it_does_what_the_function_would_do(db: Backend) -> None:
    """By name, and by place where no checker minds."""
    repository = db.repository
    opened = repository.write(open_stall(MarketStall(stall_id="a", street="north")))
    for number in (1, 2):
        repository.write(keep(Import(stall_id="a", number=number)))
    assert repository.fetch(stall(stall_id="a")) == opened
    by_place: Any = one_import
    assert repository.fetch(by_place("a", 2)) == Import(stall_id="a", number=2)
    assert repository.fetch(by_place("a", number=1)) == Import(stall_id="a", number=1)
    assert len(repository.fetch(imports(stall_id="a"))) == 2
    assert repository.fetch(in_street(street="north")).items == (opened,)
    repository.write(drop(stall_id="a", number=1))
    repository.write(close(opened))
    assert [item["SK"]["S"] for item in db.items()] == ["IMPORT#002"]


@pytest.mark.parametrize(
    "call",
    [
        lambda ask: ask("a"),
        lambda ask: ask("a", 1, 2),
        lambda ask: ask("a", stall_id="b"),
        lambda ask: ask(stall_id="a"),
        lambda ask: ask(stall_id="a", nothing=1),
        lambda ask: ask(),
    ],
)
def test_wrong_arguments_are_those_of_any_function(call: Any) -> None:
    """Missing ones, too many, unknown ones."""
    with pytest.raises(TypeError):
        call(one_import)


def test_wrong_values_are_refused_as_elsewhere() -> None:
    """By type, and by entity."""
    with pytest.raises(InvalidItem):
        one_import(stall_id="a", number="x")  # type: ignore[arg-type, unused-ignore]
    with pytest.raises(UnplannedOperation):
        open_stall(Import(stall_id="a", number=1))  # type: ignore[arg-type]


def run(source: str, name: str = "made.stalls") -> ModuleType:
    module = ModuleType(name)
    known = (creates, puts, gets, queries, deletes, MarketStall, Import, Line, Product)
    vars(module).update({each.__name__: each for each in known})
    vars(module)["table"] = Table("table")
    code = compile(source, "stalls.py", "exec")
    exec(code, vars(module))  # noqa: S102
    return module


@pytest.mark.parametrize(
    "source",
    [
        "creates(MarketStall, 'x')",
        "several = [creates(MarketStall, 'x')]",
        "renamed = str(creates(MarketStall, 'x'))",
        "one = other = creates(MarketStall, 'x')",
        "one, other = creates(MarketStall, 'x'), 1",
        "def declare():\n    inside = creates(MarketStall, 'x')\ndeclare()",
        "class Inside:\n    inside = creates(MarketStall, 'x')",
        "(lambda: creates(MarketStall, 'x'))()",
        "table.attribute = creates(MarketStall, 'x')",
    ],
)
def test_a_pattern_without_a_name_of_its_module_does_not_import(source: str) -> None:
    """The error says where it stands, and where it may."""
    with pytest.raises(InvalidPattern) as caught:
        run(source)
    assert caught.value.where.startswith("stalls (stalls.py:")
    assert caught.value.allowed.startswith("name = creates(...)")


def test_many_names_of_a_module_are_well() -> None:
    """Also where there are more than a byte can count, and where an annotation is given."""
    many = "\n".join(f"name_{number} = {number}" for number in range(700))
    made = run(f"{many}\nfound: object = gets(Line.key, 'x')\nanother = gets(Line.key, 'y')\n")
    assert pattern_name(vars(made)["found"]) == "stalls.found"
    assert pattern_name(vars(made)["another"]) == "stalls.another"


def test_two_of_one_name_clash_as_others_do() -> None:
    """Of one module's name, on one table."""
    run("taken = gets(Import.key, 'x')", "one.things")
    with pytest.raises(InvalidPattern) as caught:
        run("taken = queries(Import.key, 'x')", "other.things")
    assert "things.taken" in caught.value.declared

    def taken(market_stall: MarketStall) -> Create[MarketStall]:
        """By hand."""
        return create(market_stall)

    taken.__module__ = "other.things"
    with pytest.raises(InvalidPattern):
        access_pattern(taken)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("a = creates(MarketStall, '')", InvalidPattern),
        ("a = creates(MarketStall, None)", InvalidPattern),
        ("a = creates(MarketStall.key, 'x')", InvalidPattern),
        ("a = creates(dict, 'x')", InvalidPattern),
        ("a = gets(MarketStall, 'x')", InvalidPattern),
        ("a = queries('MarketStall', 'x')", InvalidPattern),
        ("a = deletes(3, 'x')", InvalidPattern),
        ("a = gets(MarketStall.by_street, 'x')", ContradictoryPattern),
        ("a = deletes(Line.key, 'x')", ContradictoryPattern),
    ],
)
def test_what_contradicts_itself_does_not_import(source: str, kind: type[Exception]) -> None:
    """With the name that it would have had."""
    with pytest.raises(kind) as caught:
        run(source)
    assert getattr(caught.value, "where", "") == "stalls.a (stalls.py:1)"


def test_an_entity_of_no_table_is_none() -> None:
    """As for any other pattern."""
    with pytest.raises(InvalidEntity):
        run("from singletable import Entity\nclass A(Entity): ...\na = creates(A, 'x')")
