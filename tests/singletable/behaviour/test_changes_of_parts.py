"""A patch changes what stands inside a field: checked, within its bounds, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple

import pytest
from pydantic import BaseModel, ConfigDict, Field

from singletable import Entity, Patch, Table, attr, create, transaction
from singletable.errors.request import ConditionFailed, InvalidItem, TransactionCancelled
from tests.backends import Backend
from tests.conftest import OpenBackend

homes = Table("homes")
Code = Annotated[str, Field(pattern="^[0-9]{5}$")]


class Address(BaseModel):
    """Where someone lives; stored under other names."""

    model_config = ConfigDict(validate_by_name=True)

    zip_code: Code = Field(alias="zip")
    floor: Annotated[int, Field(ge=0, le=9)] = 3
    names: set[str] = set()
    visits: Annotated[list[str], Field(max_length=3)] = []
    note: str | None = None


class Card(BaseModel):
    kind: Literal["card"] = "card"
    number: str
    used: int = 0


class Account(BaseModel):
    kind: Literal["account"] = "account"
    iban: str
    used: int = 0


@dataclass
class Seat:
    row: int
    column: int = 1


class Pair(NamedTuple):
    low: int
    high: int = 9


class Home(Entity, table=homes):
    """A home, with all that may be inside a field."""

    home_id: str
    address: Address = Address(zip_code="04524")
    former: Address | None = None
    rooms: list[Address] = []  # noqa: RUF012
    log: list[str] = []  # noqa: RUF012
    tags: set[str] = set()  # noqa: RUF012
    counts: dict[str, int] = {}  # noqa: RUF012
    who: dict[str, set[str]] = {}  # noqa: RUF012
    few: Annotated[dict[str, int], Field(min_length=1, max_length=2)] = {"a": 1}  # noqa: RUF012
    maybe: list[int | None] = []  # noqa: RUF012
    pays: Card | Account = Card(number="1")
    seat: Seat = Field(default_factory=lambda: Seat(1))
    pair: Pair = Pair(1)
    anything: Any = None

    key = homes.primary.key("HOME#{home_id}", "HOME")


HOME = Home(
    home_id="h",
    address=Address(zip_code="04524", names={"a", "b"}, visits=["1"]),
    rooms=[Address(zip_code="11111"), Address(zip_code="22222")],
    log=["a", "b", "c"],
    tags={"x", "y"},
    counts={"mon": 1},
    who={"hall": {"kim"}},
    maybe=[1, None],
    anything={"a": [1]},
)
ADDRESS = attr("address")
Change = Callable[[Patch[Home]], Patch[Home]]


def patch() -> Patch[Home]:
    return Home.key.patch(home_id="h")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one home, of which another program knows more."""
    backend = open_backend(homes)
    backend.repository.write(create(HOME))
    item = backend.raw(PK="HOME#h", SK="HOME")
    assert item is not None
    item["address"]["M"]["colour"] = {"S": "red"}
    backend.put(**item)
    return backend


def address(**changes: Any) -> dict[str, Any]:
    return {"address": HOME.address.model_copy(update=changes)}


CHANGES: dict[str, tuple[Change, dict[str, Any]]] = {
    "set": (lambda p: p.set_at(ADDRESS["zip_code"], "99999"), address(zip_code="99999")),
    "set an optional part": (lambda p: p.set_at(ADDRESS["note"], "n"), address(note="n")),
    "set to None": (lambda p: p.set_at(ADDRESS["note"], None), {}),
    "unset": (lambda p: p.unset_at(ADDRESS["note"]), {}),
    "add from the default": (lambda p: p.add_at(ADDRESS["floor"], -3), address(floor=0)),
    "add to a set": (lambda p: p.add_at(ADDRESS["names"], {"c"}), address(names={"a", "b", "c"})),
    "remove": (lambda p: p.remove_at(ADDRESS["names"], {"a", "z"}), address(names={"b"})),
    "remove all": (lambda p: p.remove_at(ADDRESS["names"], {"a", "b"}), address(names=set())),
    "append": (lambda p: p.append_at(ADDRESS["visits"], ["2"]), address(visits=["1", "2"])),
    "prepend": (lambda p: p.prepend_at(ADDRESS["visits"], ["0"]), address(visits=["0", "1"])),
    "several": (
        lambda p: p.set_at(ADDRESS["zip_code"], "99999").add_at(ADDRESS["floor"], 1),
        address(zip_code="99999", floor=4),
    ),
    "set in a list": (
        lambda p: p.set_at(attr("rooms")[1]["zip_code"], "33333"),
        {"rooms": [HOME.rooms[0], Address(zip_code="33333")]},
    ),
    "set an element": (lambda p: p.set_at(attr("log")[1], "B"), {"log": ["a", "B", "c"]}),
    "set an element to None": (lambda p: p.set_at(attr("maybe")[0], None), {"maybe": [None, None]}),
    "remove an element": (lambda p: p.unset_at(attr("log")[0]), {"log": ["b", "c"]}),
    "remove elements": (
        lambda p: p.unset_at(attr("log")[0]).unset_at(attr("log")[2]),
        {"log": ["b"]},
    ),
    "set an entry": (
        lambda p: p.set_at(attr("counts")["tue"], 2),
        {"counts": {"mon": 1, "tue": 2}},
    ),
    "count an entry": (lambda p: p.add_at(attr("counts")["mon"], 2), {"counts": {"mon": 3}}),
    "count a new entry": (
        lambda p: p.add_at(attr("counts")["tue"], 2),
        {"counts": {"mon": 1, "tue": 2}},
    ),
    "remove an entry": (lambda p: p.unset_at(attr("counts")["mon"]), {"counts": {}}),
    "remove no entry": (lambda p: p.unset_at(attr("counts")["sun"]), {}),
    "add to a set of a new entry": (
        lambda p: p.add_at(attr("who")["room"], {"lee"}),
        {"who": {"hall": {"kim"}, "room": {"lee"}}},
    ),
    "take all out of an entry": (lambda p: p.remove_at(attr("who")["hall"], {"kim"}), {"who": {}}),
    "set in a union": (
        lambda p: p.set_at(attr("pays")["number"], "2"),
        {"pays": Card(number="2")},
    ),
    "add in any variant": (
        lambda p: p.add_at(attr("pays")["used"], 1),
        {"pays": Card(number="1", used=1)},
    ),
    "set in a dataclass": (lambda p: p.set_at(attr("seat")["row"], 7), {"seat": Seat(7)}),
    "set in a named tuple": (lambda p: p.set_at(attr("pair")["high"], 7), {"pair": Pair(1, 7)}),
    "set in anything": (
        lambda p: p.set_at(attr("anything")["a"][0], "x").set_at(attr("anything")["b"], 2),
        {"anything": {"a": ["x"], "b": 2}},
    ),
    "take out of a set": (lambda p: p.remove(tags={"x", "z"}), {"tags": {"y"}}),
    "take all out of a set": (lambda p: p.remove(tags={"x", "y"}), {"tags": set()}),
    "put before": (lambda p: p.prepend(log=["0", "1"]), {"log": ["0", "1", "a", "b", "c"]}),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_a_part_leaves_the_rest(db: Backend, name: str) -> None:
    """What it answers is what is stored, and what other programs know stays."""
    change, expected = CHANGES[name]
    answered = db.repository.write(change(patch()))
    assert answered == HOME.model_copy(update=expected)
    assert db.repository.fetch(Home.key.get(home_id="h")) == answered
    stored = db.raw(PK="HOME#h", SK="HOME")
    assert stored is not None
    assert stored["address"]["M"]["colour"] == {"S": "red"}


@pytest.mark.parametrize("name", ["add from the default", "remove an element", "put before"])
def test_a_change_of_a_part_counts_once(db: Backend, name: str) -> None:
    """As a transaction with a token, after which the item is read."""
    change, expected = CHANGES[name]
    assert db.repository.write(change(patch()).once()) == HOME.model_copy(update=expected)


REFUSED: dict[str, tuple[Change, str]] = {
    "what is not there": (
        lambda p: p.set_at(attr("former")["zip_code"], "99999"),
        "former is not there: nothing inside it can be changed",
    ),
    "no such element": (lambda p: p.set_at(attr("log")[3], "d"), "log[3] is not there"),
    "no element to remove": (lambda p: p.unset_at(attr("log")[3]), "log[3] is not there"),
    "no element on the way": (
        lambda p: p.set_at(attr("rooms")[2]["zip_code"], "99999"),
        "rooms[2] is not there: nothing inside it can be changed",
    ),
    "another variant": (
        lambda p: p.set_at(attr("pays")["iban"], "DE"),
        "pays.iban is not there: another variant is stored",
    ),
    "a bound": (lambda p: p.add_at(ADDRESS["floor"], -4), "address.floor must stay at least 0"),
    "a length": (
        lambda p: p.append_at(ADDRESS["visits"], ["2", "3", "4"]),
        "address.visits must stay at most 3 long",
    ),
    "a NULL": (
        lambda p: p.set_at(attr("anything")["a"]["b"], 1),
        "anything['a'] is not there: nothing inside it can be changed",
    ),
    "the last entry": (
        lambda p: p.unset_at(attr("few")["a"]),
        "what few['a'] is in must stay at least 1 long",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_changed_is_refused_and_nothing_is_written(db: Backend, name: str) -> None:
    """The error says what did not hold, in a transaction, too."""
    change, reason = REFUSED[name]
    before = db.raw(PK="HOME#h", SK="HOME")
    with pytest.raises(ConditionFailed) as caught:
        db.repository.write(change(patch()))
    assert reason in caught.value.reason
    assert caught.value.written == "no"
    with pytest.raises(TransactionCancelled) as cancelled:
        db.repository.write(transaction(change(patch()), create(Home(home_id="other"))))
    assert reason in cancelled.value.failures[0].reason
    assert db.raw(PK="HOME#h", SK="HOME") == before
    assert len(db.items()) == 1


def test_the_entries_of_a_dict_stay_within_their_number(db: Backend) -> None:
    """One more is refused where there are as many as may be; one that is there is replaced."""
    few = attr("few")
    assert db.repository.write(patch().set_at(few["b"], 2)).few == {"a": 1, "b": 2}
    for change in (patch().set_at(few["c"], 3), patch().add_at(few["c"], 3)):
        with pytest.raises(ConditionFailed):
            db.repository.write(change)
    assert db.repository.write(patch().set_at(few["b"], 3)).few == {"a": 1, "b": 3}
    assert db.repository.write(patch().unset_at(few["x"])).few == {"a": 1, "b": 3}
    assert db.repository.write(patch().unset_at(few["a"])).few == {"b": 3}


def test_what_another_program_stored_as_null_is_not_added_to(db: Backend) -> None:
    """And what stands in the place of a map is nothing to be changed inside."""
    item = db.raw(PK="HOME#h", SK="HOME")
    assert item is not None
    db.put(**{**item, "former": {"NULL": True}})
    with pytest.raises(ConditionFailed) as caught:
        db.repository.write(patch().set_at(attr("former")["note"], "n"))
    assert "former is not there" in caught.value.reason


def test_a_value_is_validated_by_the_type_that_stands_there() -> None:
    """As where it is constructed."""
    with pytest.raises(InvalidItem) as caught:
        patch().set_at(ADDRESS["zip_code"], "x")
    assert "zip: String should match pattern" in caught.value.problems
