"""Values and names that are written and read by generated code as they are by the coders."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import pytest
from pydantic import BaseModel, Field, SkipValidation, create_model

from singletable import Entity, Table, create, put
from tests.backends import Backend
from tests.conftest import OpenBackend


class Swapped(Enum):
    """Its values are those of an older program, the other way round."""

    A = "x"
    B = "y"

    @property
    def value(self) -> str:
        return {"x": "y", "y": "x"}[str(self._value_)]


odd = Table("odd-values")
gsi1 = odd.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
DEPTH = 20
if TYPE_CHECKING:
    Twins: TypeAlias = BaseModel
    Deep: TypeAlias = list[Any]
else:
    Twins = create_model("Twins", **{"ﬁ": (int, ...), "fi": (int, ...)})
    Deep = str
    for _ in range(DEPTH):
        Deep = list[Deep]


class Odd(Entity, table=odd):
    """An item of odd values."""

    odd_id: str
    twins: Twins
    deep: Deep
    tags: Annotated[set[str], SkipValidation] = Field(default_factory=set[str])
    state: Swapped = Swapped.A
    count: int = 0

    key = odd.primary.key("ODD#{odd_id}", "ODD")
    by_state = gsi1.key("STATE#{state}", "{odd_id}")


def make(odd_id: str, **values: Any) -> Odd:
    deep: Any = "x"
    for _ in range(DEPTH):
        deep = [deep]
    given: dict[str, Any] = {"twins": Twins(**{"ﬁ": 1, "fi": 2}), "deep": deep, **values}
    return Odd(odd_id=odd_id, **given)


@pytest.fixture
def backend(open_backend: OpenBackend) -> Backend:
    return open_backend(odd)


def test_an_absent_set_is_one_of_its_own(backend: Backend) -> None:
    """Also where Pydantic takes it as it is: what is added to one item is not in another."""
    for odd_id in "ab":
        backend.repository.write(create(make(odd_id)))
    one = backend.repository.fetch(Odd.key.get(odd_id="a"))
    assert one is not None
    one.tags.add("secret")
    other = backend.repository.fetch(Odd.key.get(odd_id="b"))
    assert other is not None
    assert other.tags == set()
    backend.repository.write(put(other.model_copy(update={"count": 1})))
    assert backend.repository.fetch(Odd.key.get(odd_id="b")) == other.model_copy(
        update={"count": 1}
    )


@pytest.mark.parametrize("state", Swapped)
def test_a_member_is_stored_as_the_value_that_it_says(backend: Backend, state: Swapped) -> None:
    """In its attribute, in key text, and read as itself."""
    backend.repository.write(create(make("a", state=state)))
    found = backend.repository.fetch(Odd.by_state.query(state=state)).items
    assert [each.state for each in found] == [state]


def test_fields_whose_names_python_takes_for_one_are_two(backend: Backend) -> None:
    """Identifiers are folded by the parser; names of fields are not."""
    written = make("a")
    backend.repository.write(create(written))
    found = backend.repository.fetch(Odd.key.get(odd_id="a"))
    assert found is not None
    assert found.twins.model_dump() == {"ﬁ": 1, "fi": 2}


def test_lists_are_nested_as_deep_as_dynamodb_takes_them(backend: Backend) -> None:
    """Deeper than Python takes loops within loops."""
    written = make("a")
    backend.repository.write(create(written))
    assert backend.repository.fetch(Odd.key.get(odd_id="a")) == written
