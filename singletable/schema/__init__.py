"""An entity's compiled facts: attributes, keys, constraints. Builds no request."""

from singletable.schema.attribute import Attribute
from singletable.schema.key import CompiledKey, KeySide
from singletable.schema.markers import created, ttl, updated, version
from singletable.schema.schema import Schema

__all__ = [
    "Attribute",
    "CompiledKey",
    "KeySide",
    "Schema",
    "created",
    "ttl",
    "updated",
    "version",
]
