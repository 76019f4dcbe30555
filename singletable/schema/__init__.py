"""An entity's compiled facts: attributes, keys, constraints. Builds no request."""

from singletable.schema.attribute import Attribute
from singletable.schema.key import CompiledKey, KeyPart, Values
from singletable.schema.markers import CREATED, IN_KEY, TTL, UPDATED, VERSION
from singletable.schema.schema import Schema

__all__ = [
    "CREATED",
    "IN_KEY",
    "TTL",
    "UPDATED",
    "VERSION",
    "Attribute",
    "CompiledKey",
    "KeyPart",
    "Schema",
    "Values",
]
