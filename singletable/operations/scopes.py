"""The scope of an entity's expressions: its fields, validated and encoded as they are stored."""

from __future__ import annotations

from singletable.codec import AttributeValue
from singletable.expressions import Scope
from singletable.schema.schema import AnySchema


def entity_scope(schema: AnySchema) -> Scope:
    """Names are the entity's fields; values are encoded as the field is."""

    def attribute_name(field: str) -> str:
        return schema.attribute(field).stored

    def encode(field: str, value: object) -> AttributeValue | None:
        attribute = schema.attribute(field)
        return attribute.encode(attribute.validate(value))

    return Scope(schema.name, attribute_name, encode)
