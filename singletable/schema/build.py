"""Builds the schema of a model class; contradictions are raised here, at import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from enum import Enum
from functools import partial
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo
from pydantic.types import Strict, UuidVersion

from singletable.annotations import admits_none, core_type, show_type
from singletable.codec import AttributeValue, Coder, compile_coder, epoch_seconds
from singletable.codec.field_checks import field_check, settle_absence
from singletable.codec.formatted import annotation_of
from singletable.codec.models import stored_name
from singletable.codec.wire import is_class
from singletable.errors.declaration import InvalidEntity, UnusableKeyField
from singletable.errors.request import UnstorableValue
from singletable.expressions import Condition
from singletable.formats import (
    Epoch,
    Format,
    InputCheck,
    StoredAs,
    epoch,
    infer_format,
    integer,
    one_of,
)
from singletable.records import record
from singletable.schema.attribute import Attribute, default_form, show_error
from singletable.schema.checks import (
    check_in_key,
    check_kept,
    check_keys,
    check_names,
    check_roles,
    check_uniques,
    check_version,
)
from singletable.schema.core_schema import looks_around
from singletable.schema.default_checks import check_defaults
from singletable.schema.entry import EntryCondition, build_entry_condition
from singletable.schema.entry_checks import check_entry, check_shards, identity_fields
from singletable.schema.inner_marks import find_inner_role
from singletable.schema.key import CompiledKey
from singletable.schema.key_parts import PartBuilder
from singletable.schema.markers import IN_KEY, Marker, check_marks, metadata_of
from singletable.schema.members import types_in
from singletable.schema.paths import places_of
from singletable.schema.schema import Schema
from singletable.schema.unique_building import build_unique
from singletable.schema.upgrade_checks import check_upgrade
from singletable.schema.upgrades import Upgrade
from singletable.schema.vectors import check_vectors
from singletable.table import SHARD, KeyTemplates, TableDefinition, UniqueDeclaration
from singletable.table.index import PARTITION_KEY_BYTES, SORT_KEY_BYTES

E = TypeVar("E", bound=BaseModel)


def build_schema(
    model: type[E],
    name: str,
    table: TableDefinition,
    declared: Mapping[str, KeyTemplates | UniqueDeclaration],
    upgrade: Upgrade | None = None,
    stated_identity: tuple[str, ...] | None = None,
) -> Schema[E]:
    """Builds the schema of `model`; `declared` are the keys and constraints of its class body."""
    builder = _Builder(model, f"{model.__module__}.{model.__qualname__}", name, table)
    roles = builder.roles()
    attributes = builder.attributes(roles)
    check_roles(roles, attributes, builder.invalid)
    check_names(model, table, attributes, builder.invalid)
    check_kept(model, builder.invalid)
    check_version(model, roles.get("version"), attributes, builder.invalid)
    check_defaults(model, roles, attributes, builder.invalid)
    templates = {
        label: declaration
        for label, declaration in declared.items()
        if isinstance(declaration, KeyTemplates)
    }
    identity = identity_fields(templates.values(), attributes)
    keys = {
        label: builder.key(label, declaration, attributes, identity)
        for label, declaration in templates.items()
    }
    for key in keys.values():
        check_shards(key, attributes, builder.invalid)
        check_entry(key, roles, attributes, identity, builder.invalid)
    check_keys(table, roles, attributes, keys, builder.invalid)
    check_in_key(roles, attributes, tuple(keys.values()), builder.invalid)
    check_vectors(table, attributes, keys, builder.invalid)
    expiry = attributes[roles["ttl"]].stored if "ttl" in roles else None
    uniques = tuple(
        build_unique(name, table, declaration, attributes, expiry, builder.invalid)
        for declaration in declared.values()
        if isinstance(declaration, UniqueDeclaration)
    )
    schema = Schema(
        model=model,
        name=name,
        table=table,
        attributes=attributes,
        keys=keys,
        uniques=uniques,
        roles=roles,
        whole_model_checks=looks_around(model),
        upgrade=upgrade,
        stated_identity=stated_identity,
    )
    check_uniques(
        uniques, roles, attributes, schema.primary.fields, schema.told_by_index, builder.invalid
    )
    check_upgrade(schema, builder.invalid)
    return schema


@record
class _Builder:
    model: type[BaseModel]
    where: str
    name: str
    table: TableDefinition

    def invalid(self, declared: str, allowed: str) -> InvalidEntity:
        return InvalidEntity(where=self.where, declared=declared, allowed=allowed)

    def roles(self) -> dict[str, str]:
        """The field of each role."""
        roles = dict[str, str]()
        for field, info in self.model.model_fields.items():
            marks = metadata_of(info)
            check_marks(field, marks, self.invalid)
            inner = find_inner_role(info.annotation)
            if inner is not None:
                raise self.invalid(
                    f"{inner.upper()} is given inside {field}, where it does nothing",
                    f"Annotated[..., {inner.upper()}] of a field of the entity itself",
                )
            for marker in marks:
                if not isinstance(marker, Marker) or marker == IN_KEY:
                    continue
                if marker.role in roles:
                    raise self.invalid(
                        f"{roles[marker.role]} and {field} are both {marker.role}", "one of them"
                    )
                roles[marker.role] = field
        return roles

    def attributes(self, roles: Mapping[str, str]) -> dict[str, Attribute]:
        return {
            field: self._attribute(field, info, roles)
            for field, info in self.model.model_fields.items()
        }

    def _attribute(self, field: str, info: FieldInfo, roles: Mapping[str, str]) -> Attribute:
        where = f"{self.where}.{field}"
        coder, format_ = self._coder(field, info, roles, where), self._format(info, where)
        is_free = bool(_enum_values(info, self.model.model_config))
        checked = partial(_with_input_check, info, None if is_free else format_)
        check = field_check(self.model, field, checked)
        return Attribute(
            entity=self.name,
            field=field,
            stored=stored_name(field, info),
            annotation=info.annotation,
            coder=coder,
            format=format_,
            required=info.is_required(),
            implied=self._value_if_absent(field, info, coder, check),
            check=check,
            instants=self.table.instants,
            in_key=IN_KEY in metadata_of(info),
        )

    def _format(self, info: FieldInfo, where: str) -> Format | None:
        """The field's format, if it has one; `UnusableKeyField` if it takes none of its values."""
        marks = metadata_of(info)
        is_declared = any(isinstance(mark, Format) for mark in marks)
        if any(isinstance(mark, StoredAs) for mark in marks) and not is_declared:
            return None
        values = _enum_values(info, self.model.model_config)
        if values:
            return one_of(values)
        format_ = _format_of(info, self.table.instants)
        kinds = [get_origin(kind) or kind for kind in types_in(info.annotation)]
        classes = [kind for kind in kinds if is_class(kind)]
        if format_ is None or len(classes) < len(kinds) or Any in kinds or object in kinds:
            return format_
        if not any(map(format_.fits, classes)):
            raise UnusableKeyField(
                where=where,
                declared=f"{show_type(info.annotation)} with the format {format_.name}",
                allowed="a format whose values are of the field's type",
            )
        return format_

    def _coder(self, field: str, info: FieldInfo, roles: Mapping[str, str], where: str) -> Coder:
        if field != roles.get("ttl"):
            coder = compile_coder(annotation_of(info), where, self.table.instants)
            if coder.is_opaque and (field in roles.values() or IN_KEY in metadata_of(info)):
                raise self.invalid(f"{field} has a role, and stored_as", "one of them")
            return settle_absence(coder, self.model, field, info.annotation)
        if any(isinstance(mark, StoredAs) for mark in metadata_of(info)):
            raise self.invalid(f"the ttl {field} has stored_as", "a datetime")
        format_ = _format_of(info)
        if isinstance(format_, Epoch) and format_ != epoch("seconds"):
            raise self.invalid(
                f"the ttl {field} is stored as {format_.name}",
                "epoch seconds as a number, which DynamoDB's TTL reads",
            )
        return epoch_seconds(where, is_optional=admits_none(info.annotation))

    def _value_if_absent(
        self, field: str, info: FieldInfo, coder: Coder, check: Callable[[object], object]
    ) -> AttributeValue | None:
        """The stored form of a default that stands in where the attribute is absent."""
        try:
            return default_form(self.model, info, coder, check)
        except UnstorableValue as error:
            problem = error.reason
        except Exception as error:  # noqa: BLE001 - a validator may raise anything
            problem = f"is refused: {show_error(error)}"
        raise self.invalid(f"the default of {field} {problem}", "a default that can be stored")

    def key(
        self,
        name: str,
        declaration: KeyTemplates,
        attributes: Mapping[str, Attribute],
        identity: tuple[str, ...],
    ) -> CompiledKey:
        index, label = declaration.index, f"{self.name}.{name}"
        if declaration.table is not self.table:
            raise self.invalid(
                f"{label} is a key of {declaration.table.show_beside([self.table])}",
                f"indexes of {self.table!r}",
            )
        parts = PartBuilder(label, self.name, self.table, attributes, index.kind == "primary")
        shard = {SHARD: integer(0, declaration.shards.count - 1)} if declaration.shards else {}
        partition, sort = declaration.partition, declaration.sort
        if declaration.is_natural:
            partition, sort = map(parts.natural_sources, (index.partition, index.sort))
        shards = declaration.shards
        if shards is not None and not shards.by:
            shards = replace(shards, by=identity)
        by = [attributes.get(field) for field in shards.by] if shards else []
        return CompiledKey(
            entity=self.name,
            name=name,
            label=label,
            index=index,
            partition=parts.build_all(partition, index.partition, PARTITION_KEY_BYTES, shard),
            sort=parts.build_all(sort, index.sort, SORT_KEY_BYTES),
            shards=shards,
            shard_formats=tuple(each.format for each in by if each and each.format),
            table_key=self.table.primary_index.attribute_names,
            type_attribute=self.table.type_attribute,
            model=self.model,
            when=self._when(label, declaration.when, attributes),
        )

    def _when(
        self, label: str, when: object, attributes: Mapping[str, Attribute]
    ) -> EntryCondition | None:
        if not isinstance(when, Condition):
            return None
        scope = places_of(self.model, self.name, attributes)
        return build_entry_condition(label, when, scope, attributes, self.invalid)


def _with_input_check(info: FieldInfo, format_: Format | None) -> FieldInfo:
    """The field, where its own validators are followed by a check of what Pydantic gets.

    What changes Pydantic's own schema of the type comes before: it knows no other schema.
    """
    if format_ is None:
        return info
    checked = copy(info)
    plain = [mark for mark in info.metadata if isinstance(mark, Strict | UuidVersion)]
    others = [mark for mark in info.metadata if not isinstance(mark, Strict | UuidVersion)]
    checked.metadata = [*plain, InputCheck(format_), *others]
    return checked


def _enum_values(info: FieldInfo, config: ConfigDict) -> tuple[object, ...]:
    """The values that Pydantic keeps instead of an enum's members, with `use_enum_values`."""
    if not config.get("use_enum_values"):
        return ()
    kind = core_type(info.annotation)
    if any(isinstance(mark, Format) for mark in metadata_of(info)):
        return ()
    if not (is_class(kind) and issubclass(kind, Enum)):
        return ()
    values = tuple(member.value for member in kind)
    return values if all(isinstance(value, str) for value in values) else ()


def _format_of(info: FieldInfo, instants: Format | None = None) -> Format | None:
    try:
        return infer_format(info.annotation, tuple(info.metadata), instants)
    except ValueError:
        return None
