"""Checks of what decides whether an item is in an index, and in which of its shards."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.codec import MISSING
from singletable.schema.checks import Attributes, Refuse
from singletable.schema.key import CompiledKey
from singletable.table import SHARD


def check_entry(key: CompiledKey, roles: Mapping[str, str], refuse: Refuse) -> None:
    """Checks that items can be put into an index, and taken out, as a key's condition says."""
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


def check_shards(key: CompiledKey, attributes: Attributes, refuse: Refuse) -> None:
    """Checks that the partition key has the shard, chosen by a field that has key text."""
    if key.shards is None:
        return
    if key.shard_format is None:
        raise refuse(f"{key.label} is sharded by {key.shards.by!r}", "a field with a key format")
    if SHARD not in key.partition_fields:
        source = " / ".join(part.template.source for part in key.partition)
        raise refuse(
            f"{key.label} is sharded, but {source!r} has no {{shard}}",
            "{shard} in the partition template",
        )
    if SHARD in attributes:
        raise refuse(f"{key.label} is sharded, and shard is a field", "another name for the field")
    if key.index.kind == "primary" and attributes[key.shards.by].coder.absent is not MISSING:
        raise refuse(
            f"{key.label} is sharded by {key.shards.by}, which may be None", "a required field"
        )
