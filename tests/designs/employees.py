"""Employees in four items each: the person, the titles now and before, and the place.

One index lists all four kinds by name, one holds the managers alone, one lists employees by place.
What is published has key attributes and no others. So a name is the sort key of the first index
itself, and place and department are read from the key of the third; written anew, they are
attributes as well."""

from __future__ import annotations

from typing import Annotated, Literal, NewType

from pydantic import Field

from singletable import (
    IN_KEY,
    Entity,
    Query,
    Scan,
    Table,
    Transaction,
    access_pattern,
    collection,
    create,
    delete,
    transaction,
)
from singletable.formats import printed
from singletable.patterns import queries

staff = Table("employees", type_attribute=None)
primary = staff.primary
gsi1 = staff.global_index("GSI_1", partition_key="GSI_1_PK", sort_key="GSI_1_SK")
gsi2 = staff.global_index("GSI_2", partition_key="GSI_2_PK", sort_key="GSI_2_SK")
gsi3 = staff.global_index("GSI_3", partition_key="GSI_3_PK", sort_key="GSI_3_SK")

EmployeeId = NewType("EmployeeId", int)
EmployeeKey = Annotated[EmployeeId, printed(), IN_KEY]
NAME = "GSI_1_SK"


class Employee(Entity, table=staff):
    """A person."""

    employee_id: EmployeeKey
    name: str = Field(serialization_alias=NAME)
    is_manager: Literal["1"] | None = Field(default=None, serialization_alias="GSI_2_PK")
    state: str
    city: str
    department: str

    key = primary.key("e#{employee_id}", "root")
    by_name = gsi1.key("root", "{name}")
    managers = gsi2.key("{is_manager}", "root")
    by_place = gsi3.key("state#{state}", "{city}#{department}")


class CurrentTitle(Entity, table=staff):
    """The title that an employee has; one each, which the key does not say."""

    employee_id: EmployeeKey
    title: Annotated[str, IN_KEY]
    name: str = Field(serialization_alias=NAME)

    key = primary.key("e#{employee_id}", "current_title#{title}")
    by_title = gsi1.key("current_title#{title}", "{name}")


class FormerTitle(Entity, table=staff):
    """A title that an employee had."""

    employee_id: EmployeeKey
    title: Annotated[str, IN_KEY]
    name: str = Field(serialization_alias=NAME)

    key = primary.key("e#{employee_id}", "previous_title#{title}")
    by_title = gsi1.key("previous_title#{title}", "{name}")


class Location(Entity, table=staff):
    """The state in which an employee works."""

    employee_id: EmployeeKey
    state: Annotated[str, IN_KEY]
    name: str = Field(serialization_alias=NAME)

    key = primary.key("e#{employee_id}", "state#{state}")
    by_state = gsi1.key("state#{state}", "{name}")


in_state = queries(Location.by_state, "The employees of a state, by name.")
with_title = queries(CurrentTitle.by_title, "The employees who have a title, by name.")
formerly = queries(
    FormerTitle.by_title, "The employees who had a title; who has it now is another query."
)


@access_pattern
def named(name: str) -> Query[Employee]:
    """The employees of a name."""
    return Employee.by_name.query(name=name)


@access_pattern
def managers() -> Scan[Employee]:
    """All managers."""
    return Employee.managers.scan(because="sparse: only managers are in it")


@access_pattern
def in_city(state: str, city: str) -> Query[Employee]:
    """The employees of a city, by department."""
    return Employee.by_place.query(state=state, city=city)


@access_pattern
def in_department(state: str, city: str, department: str) -> Query[Employee]:
    """The employees of a department in a city."""
    return Employee.by_place.query(state=state, city=city, department=department)


@access_pattern
def everything_of(
    employee_id: EmployeeId,
) -> Query[Employee | CurrentTitle | FormerTitle | Location]:
    """An employee with titles and place."""
    return collection(Employee.key, CurrentTitle.key, FormerTitle.key, Location.key).query(
        employee_id=employee_id
    )


@access_pattern
def promote(
    held: CurrentTitle, former: FormerTitle, new: CurrentTitle
) -> Transaction[CurrentTitle]:
    """Gives an employee another title: the one held becomes a former one."""
    own = create(new)
    return transaction(delete(held, must_exist=True), create(former), own).returning(own)
