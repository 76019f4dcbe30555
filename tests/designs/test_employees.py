"""Employees in four items each, found by an index that all four kinds share."""

from __future__ import annotations

import pytest

from singletable import collection
from singletable.errors import TransactionCancelled
from tests.conftest import OpenBackend, without_moto
from tests.designs import employees as design
from tests.designs.corpus import Item, load_design, stored_item
from tests.designs.employees import CurrentTitle, Employee, EmployeeId, FormerTitle, Location
from tests.designs.proofs import Asked, check_published, entities, load, put_again, raw

PUBLISHED = "26-employees-overloaded"
PRIMARY, GSI1, GSI3 = ("PK", "SK"), ("GSI_1_PK", "GSI_1_SK"), ("GSI_3_PK", "GSI_3_SK")


def employee(
    number: int, name: str, titles: tuple[str, str], place: str, *more: Item
) -> list[Item]:
    """The four items of an employee, whose place is a state, a city and a department."""
    now, before = (
        f"{when}_title#{title}" for when, title in zip(("current", "previous"), titles, strict=True)
    )
    state, _, city = place.partition("/")
    root = raw(SK="root", GSI_1_PK="root", GSI_3_PK=f"state#{state}", GSI_3_SK=city)
    others = [raw(SK=kind, GSI_1_PK=kind) for kind in (now, before, f"state#{state}")]
    own = raw(PK=f"e#{number}", GSI_1_SK=name)
    return [own | item for item in (root | (more[0] if more else {}), *others)]


ROOT = raw(GSI_2_PK="1", GSI_2_SK="root")
ITEMS = [
    *employee(1, "Mia Low", ("Cook", "Waiter"), "TX/Alpine#Kitchen", ROOT),
    *employee(2, "Noa Fig", ("Cook", "Cook"), "TX/Alpine#Bar"),
    *employee(10, "Kit Ash", ("Waiter", "Cook"), "TX/Alpine Park#Kitchen"),
    *employee(11, "Kit Ash", ("Owner", "Cook"), "OR/Alpine#Office", ROOT),
]

ASKED = {
    "AP1": Asked(design.in_state(state="TX"), GSI1, "state#TX"),
    "AP2": Asked(design.with_title(title="Cook"), GSI1, "current_title#Cook"),
    "AP3": Asked(design.formerly(title="Cook"), GSI1, "previous_title#Cook"),
    "AP4": Asked(design.named("Mia Low"), GSI1, "root", lambda text: text == "Mia Low"),
    "AP6": Asked(
        design.in_city("TX", "Alpine"),
        GSI3,
        "state#TX",
        lambda text: text.startswith("Alpine#"),
    ),
    "AP6 with department": Asked(
        design.in_department("TX", "Alpine", "Bar"),
        GSI3,
        "state#TX",
        lambda text: text == "Alpine#Bar",
    ),
    "AP7": Asked(design.everything_of(EmployeeId(1)), PRIMARY, "e#1"),
}


def written(item: Item) -> Item:
    """The item as it is written anew: its place and department are attributes, too."""
    if item["SK"] != {"S": "root"}:
        return item
    city, department = item["GSI_3_SK"]["S"].split("#")
    state = item["GSI_3_PK"]["S"].removeprefix("state#")
    return item | raw(state=state, city=city, department=department)


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    backend = open_backend(design.staff)
    load(backend, ITEMS)
    for name, case in ASKED.items():
        found = [stored_item(entity) for entity in entities(backend, case.operation)]
        assert found
        assert (name, found) == (name, [written(item) for item in case.expected(ITEMS)])


@without_moto
def test_the_managers_are_those_in_the_sparse_index(open_backend: OpenBackend) -> None:
    backend = open_backend(design.staff)
    load(backend, ITEMS)
    found = backend.repository.fetch(design.managers())
    assert {each.employee_id for each in found} == {1, 11}


def titles(number: int, name: str, *held: str) -> tuple[CurrentTitle, ...]:
    """Titles of an employee."""
    return tuple(
        CurrentTitle(employee_id=EmployeeId(number), title=title, name=name) for title in held
    )


@without_moto
def test_a_promotion_moves_the_title_that_is_held(open_backend: OpenBackend) -> None:
    """In one transaction, which is refused once the title is another one."""
    backend = open_backend(design.staff)
    load(backend, ITEMS)
    held, new, late = titles(1, "Mia Low", "Cook", "Chef", "Head")
    former = FormerTitle(employee_id=held.employee_id, title="Cook", name="Mia Low")
    backend.repository.write(design.promote(held, former, new))
    found = backend.repository.fetch(design.everything_of(EmployeeId(1)))
    assert [each.title for each in found.of(CurrentTitle)] == ["Chef"]
    assert [each.title for each in found.of(FormerTitle)] == ["Cook", "Waiter"]
    with pytest.raises(TransactionCancelled):
        backend.repository.write(design.promote(held, former, late))


PUBLISHED_ASKED = {
    "AP1": design.in_state(state="TX"),
    "AP2": design.with_title(title="Developer"),
    "AP3": design.formerly(title="Developer"),
    "AP4": design.named("Dale Marlin"),
    "AP6": design.in_city("TX", "Dallas"),
    "AP7": design.everything_of(EmployeeId(1)),
}


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    check_published(open_backend(design.staff), load_design(PUBLISHED), PUBLISHED_ASKED)


def check_put_again(open_backend: OpenBackend, count: int) -> None:
    """Puts the first items as they are read: roots get attributes for what their key says."""
    everything = collection(Employee.key, CurrentTitle.key, FormerTitle.key, Location.key)
    scan = everything.scan(because="the test reads all")
    items = load_design(PUBLISHED).items[:count]
    added = {"state", "city", "department"}
    changed = put_again(open_backend(design.staff), items, scan)
    roots = [item["PK"]["S"] for item in items if item["SK"] == {"S": "root"}]
    assert [key for key, _ in changed] == roots
    for differing in changed.values():
        assert differing.keys() == added
        assert {before for before, _ in differing.values()} == {None}


@without_moto
def test_published_items_keep_all_that_they_have(open_backend: OpenBackend) -> None:
    check_put_again(open_backend, 100)


@without_moto
@pytest.mark.slow
def test_all_published_items_keep_all_that_they_have(open_backend: OpenBackend) -> None:
    check_put_again(open_backend, 4000)


@without_moto
def test_the_published_managers_are_scanned(open_backend: OpenBackend) -> None:
    """As many as the items say; which are in the sparse index."""
    backend, items = open_backend(design.staff), load_design(PUBLISHED).items
    load(backend, items)
    expected = {item["PK"]["S"] for item in items if "GSI_2_PK" in item}
    found = backend.repository.iterate(design.managers())
    assert {f"e#{each.employee_id}" for each in found} == expected
