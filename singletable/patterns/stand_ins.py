"""What stands for the arguments of a pattern while it is traced."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel

from singletable.annotations import admits_none
from singletable.patterns.pattern import Parameter
from singletable.tracing import Symbol

E = TypeVar("E", bound=BaseModel)


def stand_in(parameter: Parameter) -> object:
    """Makes a symbol, or an entity whose fields are symbols; of a sequence one for each element."""
    name, text = parameter.name, f"{{{parameter.name}}}"
    if parameter.entity is not None:
        return entity_of_symbols(parameter.entity, name)
    if parameter.element is None:
        return Symbol(text, name, parameter.annotation)
    model = parameter.element_entity
    element: object = Symbol(text, name, parameter.element, is_element=True)
    if model is not None:
        element = entity_of_symbols(model, name, is_element=True)
    return Symbol(text, name, parameter.annotation, elements=(element,))


def entity_of_symbols(model: type[E], name: str, *, is_element: bool = False) -> E:
    """An entity whose fields are symbols: `{post.title}`."""
    fields: dict[str, Any] = {
        field: Symbol(f"{{{name}.{field}}}", name, info.annotation, is_element=is_element)
        for field, info in model.model_fields.items()
    }
    return model.model_construct(**fields)


def without_values(parameter: Parameter, stand_in: object) -> Iterator[object]:
    """What an argument may be without a value: None, an entity without its optional fields."""
    if admits_none(parameter.annotation):
        yield None
    if isinstance(stand_in, BaseModel):
        yield from _without_optional(stand_in)
    for element in stand_in.elements if isinstance(stand_in, Symbol) else ():
        if isinstance(element, BaseModel):
            yield from ([each] for each in _without_optional(element))


def _without_optional(entity: BaseModel) -> Iterator[BaseModel]:
    fields = type(entity).model_fields
    optional = [name for name, info in fields.items() if admits_none(info.annotation)]
    if optional:
        yield entity.model_copy(update=dict.fromkeys(optional))
