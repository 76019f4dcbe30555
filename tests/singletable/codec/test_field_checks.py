"""A field by itself is validated as its model validates it."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Annotated, Any

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from singletable.codec.field_checks import field_check


class Color(StrEnum):
    RED = "red"


class Folding(Enum):
    A = "a"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler(str)


class Former(Enum):
    """Validated as Pydantic 1 did it."""

    OLD = "old"
    NEW = "new"

    @classmethod
    def __get_validators__(cls) -> Any:
        yield lambda *_: cls.NEW


class Fields(BaseModel):
    text: str
    short: Annotated[str, Field(min_length=1, max_length=2)]
    number: int
    bounded: Annotated[int, Field(ge=1, lt=4)]
    above: Annotated[int, Field(gt=1, le=4)]
    even: Annotated[int, Field(multiple_of=2)]
    flag: bool
    color: Color
    folding: Folding
    perhaps: str | None
    perhaps_bounded: Annotated[int | None, Field(ge=1)]
    lowered: Annotated[str, AfterValidator(str.lower)]
    never_none: Annotated[str | None, BeforeValidator(str)]
    doubled: int
    strict: Annotated[int, Field(strict=True)]

    @field_validator("doubled")
    @classmethod
    def double(cls, value: int) -> int:
        return 2 * value


class Lowering(Fields):
    model_config = ConfigDict(str_to_lower=True, str_max_length=0, use_enum_values=True)


VALUES: list[object] = [
    *("", "A", "abc", "é", "\ud800", "red", "a", "1"),
    *(0, 1, 2, 3, 4, 10**30, True, False, 1.0, None, b"a", Color.RED, Folding.A, [], {}),
]


def _outcome(check: Any, value: object) -> object:
    try:
        kept = check(value)
    except ValidationError as error:
        return error.errors(include_url=False)
    return type(kept), kept


@pytest.mark.parametrize("model", [Fields, Lowering])
@pytest.mark.parametrize("name", Fields.model_fields)
def test_a_field_by_itself_is_validated_as_in_its_model(model: type[BaseModel], name: str) -> None:
    """Whatever the value, twice: the second time nothing has to be built."""

    def validate(value: object) -> object:
        whole = model.__pydantic_validator__.validate_assignment(
            model.model_construct(), name, value
        )
        return getattr(whole, name)

    check = field_check(model, name, lambda: model.model_fields[name])
    for value in VALUES * 2:
        assert _outcome(check, value) == _outcome(validate, value)


@pytest.mark.filterwarnings("ignore:`__get_validators__`")
def test_enums_may_be_validated_as_by_pydantic_1() -> None:
    class Shirt(BaseModel):
        model: Former = Former.NEW

    check = field_check(Shirt, "model", lambda: Shirt.model_fields["model"])
    assert check(Former.OLD) is Former.NEW


def test_a_bound_that_cannot_be_asked_is_refused_as_by_the_model() -> None:
    class Odd(BaseModel):
        code: Annotated[int, Field(max_length=3)]

    with pytest.raises(TypeError, match="Unable to apply constraint"):
        field_check(Odd, "code", lambda: Odd.model_fields["code"])(7)
