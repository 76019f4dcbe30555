"""Checks that an entity's fields, roles and keys fit together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from pydantic import AliasChoices, AliasPath, BaseModel
from pydantic.fields import FieldInfo

from singletable.annotations import core_type, type_name
from singletable.codec import MISSING
from singletable.codec.models import accepted_name
from singletable.codec.names import unwrap
from singletable.errors.declaration import InvalidEntity
from singletable.schema.attribute import Attribute
from singletable.schema.core_schema import find_not_kept, find_serializer
from singletable.schema.default_checks import find_problem, has_validators
from singletable.schema.key import CompiledKey, KeyPart
from singletable.schema.markers import Marker
from singletable.schema.unique import Unique
from singletable.table import SHARD, Index, TableDefinition

Refuse = Callable[[str, str], InvalidEntity]
Attributes = Mapping[str, Attribute]
Keys = Mapping[str, CompiledKey]


def check_roles(roles: Mapping[str, str], attributes: Attributes, refuse: Refuse) -> None:
    """Checks types: versions are whole numbers, stamps and TTLs datetimes."""
    for role, field in roles.items():
        attribute = attributes[field]
        kind = core_type(unwrap(core_type(attribute.annotation)))
        wanted = int if role == "version" else datetime
        fits = isinstance(kind, type) and issubclass(kind, wanted) and kind is not bool
        if not fits or (role == "version" and attribute.coder.absent is not MISSING):
            raise refuse(
                f"the {role} {field} is {type_name(attribute.annotation)}",
                "an int that is never None" if wanted is int else "a datetime, or datetime | None",
            )
        if role == "ttl" and attribute.implied is not None:
            raise refuse(
                f"the ttl {field} has a default, but DynamoDB keeps an item that lacks it for ever",
                "datetime | None = None, or a default_factory",
            )


def check_version(
    model: type[BaseModel], field: str | None, attributes: Attributes, refuse: Refuse
) -> None:
    """Checks that a version may be 1, as it is created, and 2, as it is first changed."""
    if field is None or _is_plain_version(model, field):
        return
    _check_counts(field, attributes, refuse)
    for version in (1, 2):
        problem = find_problem(attributes[field], version)
        if problem:
            raise refuse(f"the version {field} counts from 1, but {version} {problem}", "1, 2, …")


def _check_counts(field: str, attributes: Attributes, refuse: Refuse) -> None:
    """Checks that the version is stored as a number, which DynamoDB may have to count up."""
    tags = attributes[field].coder.tags
    if tags != frozenset({"N"}):
        raise refuse(f"the version {field} is stored as {', '.join(sorted(tags))}", "a number")


def _is_plain_version(model: type[BaseModel], field: str) -> bool:
    info = model.model_fields[field]
    marks = [mark for mark in info.metadata if not isinstance(mark, Marker)]
    return info.annotation is int and not marks and not has_validators(model)


def check_names(
    model: type[BaseModel], table: TableDefinition, attributes: Attributes, refuse: Refuse
) -> None:
    """Checks that no two fields share a name, and that none has the type attribute's."""
    taken = {table.type_attribute or "": "the table's type attribute"}
    for attribute in attributes.values():
        if attribute.stored in taken:
            raise refuse(
                f"{attribute.field} is stored as {attribute.stored!r},"
                f" like {taken[attribute.stored]}",
                "a stored name of its own",
            )
        taken[attribute.stored] = attribute.field
    for field, info in model.model_fields.items():
        if _reads_from_path(info):
            raise refuse(
                f"{field} is read from a path in another field", "a plain alias, or a validator"
            )
        _check_alias(field, info, attributes, refuse)


def _check_alias(field: str, info: FieldInfo, attributes: Attributes, refuse: Refuse) -> None:
    try:
        alias = accepted_name(field, info)
    except ValueError as error:
        raise refuse(f"it {error}", "one alias") from None
    if alias in attributes and alias != field:
        raise refuse(
            f"{field} has the alias {alias!r}, the name of another field", "an alias of its own"
        )


def _reads_from_path(info: FieldInfo) -> bool:
    alias = info.validation_alias
    choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
    return any(isinstance(choice, AliasPath) for choice in choices)


def check_kept(model: type[BaseModel], refuse: Refuse) -> None:
    """Checks that what is constructed is what is stored and read, as far as the types say it."""
    allowed = "what is stored as it is constructed"
    if find_serializer(model):
        raise refuse("it has a model serializer, which storage does not use", allowed)
    for field, why in find_not_kept(model):
        raise refuse(f"{field} {why}", allowed)


def check_keys(
    table: TableDefinition,
    roles: Mapping[str, str],
    attributes: Attributes,
    keys: Keys,
    refuse: Refuse,
) -> None:
    """Checks for one constant primary key, one key an index, and no index entry by accident."""
    on = [key.index.label for key in keys.values()]
    if "primary" not in on:
        raise refuse("it has no primary key", "key = table.primary.key(...) in the class body")
    for label in on:
        if on.count(label) > 1:
            raise refuse(f"it has {on.count(label)} keys on {label}", "one")
    (primary,) = (key for key in keys.values() if key.index.kind == "primary")
    for role in ("version", "updated"):
        if roles.get(role) in primary.fields:
            raise refuse(
                f"the {role} {roles[role]} is part of the primary key",
                "fields that stay as they are",
            )
    for key, part in _template_parts(keys):
        if roles.get("version") in part.fields:
            raise refuse(
                f"the version {roles['version']} is part of {key.label}, which a partial update"
                " could not keep in step",
                "other fields in index keys",
            )
    _check_attribute_sharing(primary, keys, table, attributes, refuse)
    _check_absent(table, attributes, keys, refuse)


def check_in_key(
    roles: Mapping[str, str], attributes: Attributes, keys: Sequence[CompiledKey], refuse: Refuse
) -> None:
    """Checks that what is stored in a key alone stands in text that every item has."""
    hidden = [field for field, attribute in attributes.items() if attribute.in_key]
    parts = [(key, part) for key in keys for part in key.parts]
    for field in hidden:
        for key, part in parts:
            if part.natural is not None and field in part.fields:
                raise refuse(
                    f"{field} is IN_KEY, and is itself the attribute {part.attribute.name} of"
                    f" {key.label}",
                    "IN_KEY for fields that stand in the text of a key",
                )
        if not any(key.index.kind == "primary" and field in part.fields for key, part in parts):
            _check_held_by_index(field, attributes, keys, refuse)
        if not any(field in part.told_fields for _, part in parts):
            raise refuse(
                f"{field} is IN_KEY, and its text in keys does not tell its value",
                "a field that is stored, or a format such as text(lower=True)",
            )
        if field in roles.values():
            raise refuse(f"{field} is IN_KEY and has another role", "one of them")


def _check_held_by_index(
    field: str, attributes: Attributes, keys: Sequence[CompiledKey], refuse: Refuse
) -> None:
    """Checks that one index key has the field, and that no item is without that key."""
    holders = [key for key in keys if field in key.fields]
    if len(holders) != 1:
        raise refuse(
            f"{field} is IN_KEY, in {len(holders)} keys of indexes and not in the primary key",
            "a field of the primary key, or of one key of an index",
        )
    (holder,) = holders
    if holder.when is not None or any(
        attributes[each].coder.absent is not MISSING for each in holder.fields
    ):
        raise refuse(
            f"{field} is IN_KEY of {holder.label}, which leaves items out",
            "a key without condition, of fields that are never None",
        )


def check_uniques(
    uniques: Iterable[Unique],
    roles: Mapping[str, str],
    attributes: Attributes,
    identity: Collection[str],
    told_by_index: Collection[str],
    refuse: Refuse,
) -> None:
    """Checks that no unique value changes with what the engine keeps, or is in an index key alone.

    A partial update, which has read nothing, could not release the former unique item; and no
    condition could ask for the value. Whether there is a unique item of a value that is read where
    none is stored, only its owner would tell.
    """
    for unique in uniques:
        made = [field for field in unique.fields if _has_default(attributes[field])]
        made = [field for field in made if field not in identity]
        if made and not unique.has_owner:
            raise refuse(
                f"{made[0]} of {unique.template.where} has a default, and its unique items have"
                " no owner",
                f"{made[0]} without a default, or with None",
            )
        hidden = [field for field in unique.fields if field in told_by_index]
        if hidden:
            raise refuse(
                f"{hidden[0]} of {unique.template.where} is IN_KEY of an index", "a stored field"
            )
        for role in ("version", "updated"):
            if roles.get(role) in unique.fields:
                raise refuse(
                    f"the {role} {roles[role]} is part of {unique.template.where}, which a partial"
                    " update could not keep in step",
                    "other fields in unique values",
                )


def _has_default(attribute: Attribute) -> bool:
    """Whether absence is read as a value, which may be made anew each time."""
    return not attribute.required and attribute.coder.absent is MISSING


def _check_attribute_sharing(
    primary: CompiledKey,
    keys: Keys,
    table: TableDefinition,
    attributes: Attributes,
    refuse: Refuse,
) -> None:
    """Checks that an attribute has one template; and that keys of several indexes that share it
    leave no item out, or one would remove what another needs."""
    own = {part.attribute.name: part.template.source for part in primary.parts}
    taken = dict[str, tuple[CompiledKey, KeyPart]]()
    for key, part in _template_parts(keys):
        name, source = part.attribute.name, part.template.source
        if name in own and source != own[name]:
            raise refuse(
                f"{key.label} makes {name} of {source!r}", f"{own[name]!r}, the primary key's"
            )
        other, same = taken.setdefault(name, (key, part))
        if other is key or name in own or name == table.type_attribute:
            continue
        fields = {*key.fields, *other.fields} - {SHARD}
        is_shared = same.template.source == source and SHARD not in part.fields
        leaves = key.when is not None or other.when is not None
        leaves |= any(attributes[each].coder.absent is not MISSING for each in fields)
        if leaves or not is_shared:
            raise refuse(
                f"{key.label} and {other.label} both make {name}",
                "an attribute for each; or one template, fields that are never None, no conditions",
            )


def _template_parts(keys: Keys) -> Iterator[tuple[CompiledKey, KeyPart]]:
    for key in keys.values():
        yield from ((key, part) for part in key.made)


def _check_absent(
    table: TableDefinition, attributes: Attributes, keys: Keys, refuse: Refuse
) -> None:
    """Checks for a key on each index whose attributes are all stored: its items are in it."""
    stored = {each.stored: each for each in attributes.values() if not each.in_key}
    rendered = (name for key in keys.values() for name in key.index.attribute_names)
    written = {*stored, *rendered, table.type_attribute or ""}
    for index in table.indexes:
        if all(key.index != index for key in keys.values()):
            _check_types(index, stored, refuse)
            if written.issuperset(index.needed_names):
                raise refuse(
                    f"its items are in index {index.label}, by"
                    f" {' and '.join(index.needed_names)}, without a key there",
                    f"a key on {index.label}, or other stored names",
                )


def _check_types(index: Index, stored: Mapping[str, Attribute], refuse: Refuse) -> None:
    for attribute in index.attributes:
        known = stored.get(attribute.name)
        if known is not None and known.coder.tags != frozenset({attribute.type}):
            raise refuse(
                f"{known.field} is stored as {', '.join(sorted(known.coder.tags))} in"
                f" {attribute.name}, a key attribute of {index.label}",
                f"{attribute.type}, or another stored name",
            )
