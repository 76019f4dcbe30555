"""Items and keys of entities outside of operations, such as in streams and caches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.entity.entity import schema_of
from singletable.operations.reads.get import identity_of

E = TypeVar("E", bound=BaseModel)


def key_text(model: type[BaseModel], /, **identity: object) -> str:
    """A primary key as errors show it: `POST#1 / POST`."""
    schema = schema_of(model)
    return schema.key_text(schema.primary.render(identity_of(schema, identity)))


def stored_item(entity: BaseModel) -> Mapping[str, AttributeValue]:
    """The item that holds the entity as it is, in DynamoDB's form, with its keys."""
    return schema_of(type(entity)).encode(entity)


def load_item(model: type[E], item: Mapping[str, AttributeValue]) -> E:
    """Loads a stored item, such as a stream's image; `InvalidStoredItem` if it does not fit."""
    return schema_of(model).decode(item)


def may_be_item_of(model: type[BaseModel], keys: Mapping[str, AttributeValue]) -> bool:
    """Whether a primary key begins as those of the entity do, whatever else the item says."""
    part = schema_of(model).primary.partition[0]
    text = keys.get(part.attribute.name, {}).get("S", "")
    return bool(text.startswith(part.template.literal))


def entity_shape(model: type[BaseModel]) -> str:
    """A fingerprint of an entity: text that changes with its fields, their bounds and its keys."""
    schema = schema_of(model)
    keys = [
        (key.label, key.index.label, [part.template.source for part in key.parts])
        for key in schema.keys.values()
    ]
    return json.dumps([model.model_json_schema(), keys], sort_keys=True, default=repr)
