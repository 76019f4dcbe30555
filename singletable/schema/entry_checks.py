"""Checks of what decides whether an item is in an index, and in which of its shards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from singletable.codec import MISSING
from singletable.schema.checks import Attributes, Refuse
from singletable.schema.key import CompiledKey
from singletable.table import SHARD, KeyTemplates, Shards


def check_entry(
    key: CompiledKey,
    roles: Mapping[str, str],
    attributes: Attributes,
    identity: Iterable[str],
    refuse: Refuse,
) -> None:
    """Checks that items can be put into an index, and taken out, as a key's condition says.

    A partial update knows the fields of the primary key as its caller spells them.
    """
    if key.when is None:
        return
    if not key.own_attributes:
        raise refuse(
            f"{key.label} has when=..., and its attributes are fields, which stay in the item",
            "a key attribute of its own, such as GSI1PK, in the index",
        )
    if roles.get("version") in key.when.fields:
        raise refuse(
            f"the version {roles['version']} is part of when=... of {key.label}, which a partial"
            " update could not keep in step",
            "other fields in the condition",
        )
    for field in {*identity} & {*key.when.fields}:
        format_ = attributes[field].format
        if format_ is not None and not format_.tells_value:
            raise refuse(
                f"when=... of {key.label} goes by {field}, of which several values are one key",
                "other fields in the condition, or a format that stores what the key has, such as"
                " text(lower=True)",
            )


def check_shards(key: CompiledKey, attributes: Attributes, refuse: Refuse) -> None:
    """Checks that the partition key has the shard, chosen by fields that have key text."""
    if key.shards is None:
        return
    _check_hashed(key, key.shards, attributes, refuse)
    if SHARD not in key.partition_fields:
        source = " / ".join(part.template.source for part in key.partition)
        raise refuse(
            f"{key.label} is sharded, but {source!r} has no {{shard}}",
            "{shard} in the partition template",
        )
    if SHARD in attributes:
        raise refuse(f"{key.label} is sharded, and shard is a field", "another name for the field")


def _check_hashed(
    key: CompiledKey, declared: Shards, attributes: Attributes, refuse: Refuse
) -> None:
    if not declared.by:
        raise refuse(
            f"{key.label} is sharded by the primary key, which has no field", "shards(4, by=...)"
        )
    for field in declared.by:
        if field not in attributes or attributes[field].format is None:
            raise refuse(f"{key.label} is sharded by {field!r}", "a field with a key format")
        if key.index.kind == "primary" and attributes[field].coder.absent is not MISSING:
            raise refuse(
                f"{key.label} is sharded by {field}, which may be None", "a required field"
            )


def identity_fields(templates: Iterable[KeyTemplates], attributes: Attributes) -> tuple[str, ...]:
    """The fields that the primary key names, in its order, before it is compiled."""
    primary = (each for each in templates if each.index.kind == "primary")
    named = (field for each in primary for field in _named(each, attributes))
    return tuple(dict.fromkeys(field for field in named if field in attributes))


def _named(declared: KeyTemplates, attributes: Attributes) -> Iterable[str]:
    """The fields in the templates, or those that are the attributes themselves."""
    if declared.is_natural:
        stored = {each.stored: field for field, each in attributes.items()}
        return [stored.get(name, "") for name in declared.index.attribute_names]
    return re.findall(r"\{(\w+)\}", " ".join((*declared.partition, *declared.sort)))
