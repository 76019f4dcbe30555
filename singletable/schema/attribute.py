"""One stored attribute of an entity: how its field is validated and encoded."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError, create_model, field_validator
from pydantic.fields import FieldInfo

from singletable.annotations import accepts_symbol, type_name
from singletable.codec import AttributeValue, Coder
from singletable.errors.request import InvalidItem
from singletable.formats import Format
from singletable.tracing import Symbol


@dataclass(frozen=True)
class Attribute:
    """An attribute: `stored` is its name in DynamoDB; `required`: the model gives it no default.

    `implied`: what an item that lacks the attribute is read as, where a default says so.
    """

    entity: str
    field: str
    stored: str
    annotation: object
    coder: Coder
    format: Format | None
    required: bool
    implied: AttributeValue | None
    check: Callable[[object], object]

    def validate(self, value: object) -> object:
        """Validates a value as the model does; `InvalidItem` if the model refuses it."""
        if isinstance(value, Symbol):
            return self.bind(value)
        try:
            return self.check(value)
        except ValidationError as error:
            raise InvalidItem(entity=self.entity, problems=describe(error)) from None
        except Exception as error:
            raise InvalidItem(
                entity=self.entity,
                problems=f"{self.field}: its validator raises {type(error).__name__}: {error};"
                " here it sees this field alone",
            ) from error

    def bind(self, symbol: Symbol) -> Symbol:
        """Checks that the declared type of a symbol is this attribute's."""
        if accepts_symbol(self.annotation, symbol.annotation):
            return symbol
        raise InvalidItem(
            entity=self.entity,
            problems=f"{self.field} is {type_name(self.annotation)}, but argument"
            f" {symbol!r} is {type_name(symbol.annotation)}",
        )

    def encode(self, value: object) -> AttributeValue | None:
        """Encodes a value in wire form; None where nothing is stored."""
        return self.coder.encode(value)


def field_check(model: type[BaseModel], name: str, info: FieldInfo) -> Callable[[object], object]:
    """Validates one field by itself, with the model's own field validators.

    Pydantic keeps those bound to the model: as static methods they are not bound once more.
    """
    decorators = model.__pydantic_decorators__.field_validators
    validators: dict[str, Any] = {
        key: field_validator(name, mode=decorator.info.mode)(staticmethod(decorator.func))
        for key, decorator in decorators.items()
        if name in decorator.info.fields or "*" in decorator.info.fields
    }
    definition: Any = (info.annotation, info)
    single = create_model(
        f"{model.__name__}.{name}",
        __config__=model.model_config,
        __validators__=validators,
        **{name: definition},
    )
    accepted = info.validation_alias if isinstance(info.validation_alias, str) else name
    return lambda value: getattr(single.model_validate({accepted: value}), name)


def looks_around(model: type[BaseModel]) -> bool:
    """Whether a validator may see more than its own field: one over the model, or given `info`."""
    decorators = model.__pydantic_decorators__
    if decorators.model_validators or decorators.root_validators or decorators.validators:
        return True
    return any(
        _positions(each.func) > (2 if each.info.mode == "wrap" else 1)
        for each in decorators.field_validators.values()
    )


def _positions(function: Callable[..., object]) -> int:
    """Counts the arguments that are required; 1 for functions in C without a signature."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return 1
    return sum(
        each.kind <= each.POSITIONAL_OR_KEYWORD for each in parameters if each.default is each.empty
    )


def describe(error: ValidationError) -> str:
    """Lists every problem with its place, without the values: they may be secret."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    return "; ".join(
        f"{'.'.join(map(str, problem['loc'])) or 'the item'}: {problem['msg']}"
        for problem in problems
    )
