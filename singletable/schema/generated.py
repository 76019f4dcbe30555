"""Generates the functions that read and write whole items: one for each entity, or view, and key;
and those that render keys.

They do what `Schema` does by its coders, for items and entities of the usual forms. Whatever else
comes, they leave to that: it makes the same of it, and has the words for what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from uuid import UUID

from pydantic import BaseModel

from singletable.codec import MISSING, AttributeValue
from singletable.codec.records import emit_entry, if_stored
from singletable.codec.source import Source
from singletable.codec.source import attribute as attribute_of
from singletable.codec.wire import emit_read, emit_write
from singletable.errors.request import UnstorableValue
from singletable.formats import Format, Instant, OneOf, Text
from singletable.formats.shaped_text import Shaped, UuidText
from singletable.records import record
from singletable.schema.attribute import Attribute
from singletable.schema.entry import EntryCondition
from singletable.schema.key import CompiledKey, KeyPart, Render
from singletable.schema.key_check import KeyTexts, fields_in_keys
from singletable.schema.origin import remember
from singletable.schema.revalidation import validator_of
from singletable.table import SHARD, Shards
from singletable.templates import Part

if TYPE_CHECKING:
    from singletable.schema.schema import AnySchema

Item: TypeAlias = Mapping[str, AttributeValue]
Read: TypeAlias = Callable[[Item], Any]
Write: TypeAlias = Callable[[BaseModel], dict[str, AttributeValue]]

_EXAMPLE: Final = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)


@record
class ReadPlan:
    """What is read of items beside their attributes, and checked.

    `told`: fields that the text of `keys` tells. `needs_all`: fields that are absent have no
    default of the model's. `texts`: the key texts that have to be as the fields are stored, which
    suffices; where they are not, or are None, `check` decides. It raises `InvalidStoredItem`.
    `remembers`: whether what is made of an item remembers it.
    """

    keys: Sequence[CompiledKey]
    told: frozenset[str]
    needs_all: bool
    texts: KeyTexts | None
    check: Callable[[Item, Any], None]
    remembers: bool


def generate_reader(
    schema: AnySchema, plan: ReadPlan, plain: Callable[[Item, Item], object]
) -> Read:
    """The function that reads items. `plain`: reads any item, in the form of its upgrade."""
    source = Source("def read(item):")
    unusual = f"return {source.bind(plain, 'plain')}(item, item)"
    if schema.upgrade is not None:
        stored = source.keep(f"{source.bind(schema.upgrade_item, 'upgrade')}(item)", "stored")
        unusual = unusual.replace("(item, item)", f"(item, {stored})")
        source.line(f"if {stored} is not item: {unusual}")
    source.line(f"if type(item) is not dict: {unusual}")
    with source.block("try:"):
        source.line(f"if not ({_type_test(schema, source)}): {unusual}")
        source.line("fields = {}")
        for each in schema.by_stored_name.values():
            _emit_attribute(source, each)
        if plan.told:
            keys, told = source.bind(plan.keys, "keys"), source.bind(plan.told, "told")
            find = source.bind(fields_in_keys, "fields_in_keys")
            source.line(f"fields |= {find}({keys}, item, {told})")
            source.line(f"if not {told} <= fields.keys(): {unusual}")
        if plan.needs_all:
            source.line(f"if len(fields) < {len(schema.model.model_fields)}: {unusual}")
        if plan.texts is not None:
            _emit_texts(source, plan.texts)
    source.line(f"except Exception: {unusual}")
    validate = source.bind(validator_of(schema.model), "validate")
    source.line(f"try: entity = {validate}(fields)")
    refuse = source.bind(schema.refuse, "refuse")
    source.line(f"except Exception as error: {refuse}(item, fields, error)")
    if schema.folds_keys:
        source.line(f"{source.bind(schema.check_folded, 'check_folded')}(item, fields)")
    _emit_check(source, plan)
    if plan.remembers:
        source.line(f"{source.bind(remember, 'remember')}(entity, item)")
    source.line("return entity")
    return cast(Read, source.compile(f"singletable: reads {schema.model.__name__}"))


def _type_test(schema: AnySchema, source: Source) -> str:
    """The test for items that say, or whose key says, that they are of this entity."""
    name, is_typed = schema.told_by, f"{source.bind(schema.is_typed, 'is_typed')}(item)"
    if name is None:
        return is_typed
    test = f"item.get({name!r}) == {source.bind({'S': schema.name}, 'type')}"
    return f"{test} or {is_typed}" if schema.table.knows_by_key else test


def _emit_attribute(source: Source, each: Attribute) -> None:
    target, absent = f"fields[{each.field!r}]", each.coder.absent
    if absent is MISSING and each.required:
        wire = source.keep(f"item[{each.stored!r}]", "w")
        source.line(f"{target} = {emit_read(each.coder.inner, source, wire, 1)}")
        return
    emit_entry(source, each.coder.inner, absent, "item", each.stored, target, 1)


def _emit_texts(source: Source, texts: KeyTexts) -> None:
    """Writes whether the key has the texts of the fields, as `KeyTexts` finds it, to `same`."""
    tests = [f"item[{name!r}] == {source.bind(value, 'text')}" for name, value in texts.literals]
    for each in texts.composed:
        found = source.keep(f"item[{each.name!r}]['S']", "found")
        text = source.keep(repr(each.literal), "text")
        for stored, after in each.pieces:
            shard = f"{found}[len({text}):len({text}) + {each.shard_width}]"
            piece = f"item[{stored!r}]['S']" if stored else shard
            source.line(f"{text} += {piece} + {after!r}" if after else f"{text} += {piece}")
        tests.append(f"{found} == {text}")
    tests += [f"item[{name!r}] == item[{stored!r}]" for name, stored in texts.copies]
    tests += [f"{source.bind(holds, 'holds')}(item)" for holds in texts.conditions]
    source.line(f"same = {' and '.join(tests) or 'True'}")


def _emit_check(source: Source, plan: ReadPlan) -> None:
    """Writes what decides where the texts are not the same, or the identity is read as another."""
    check = f"{source.bind(plan.check, 'check')}(item, entity)"
    if plan.texts is None:
        source.line(check)
        return
    for name, stored, encode in plan.texts.identity:
        value, wire = source.name(), f"item[{stored!r}]"
        again = f"{source.bind(encode, 'encode')}({value})"
        with source.block("try:"):
            source.line(f"{value} = {attribute_of('entity', name)}")
            source.line(f"if {value} != {wire}['S'] and {again} != {wire}: same = False")
        source.line("except Exception: same = False")
    source.line(f"if not same: {check}")


# Writing

_Place: TypeAlias = tuple[str, int, frozenset[str]]
"""A field, the identity of its format, and the characters that its text must not have."""


def _place(part: Part) -> _Place:
    return part.field, id(part.format), part.forbidden


@record
class _Writer:
    """Writes what makes `item`, or its keys alone, of `values`; `variables` have the fields'
    values, `pieces` the key texts of those that are known, `attributes` those that are written."""

    attributes: Mapping[str, Attribute]
    source: Source
    variables: dict[str, str] = field(default_factory=dict[str, str])
    pieces: dict[_Place, str] = field(default_factory=dict["_Place", str])

    def emit_values(self, fields: Iterable[str]) -> None:
        self.variables.update({name: self.source.keep(f"values[{name!r}]") for name in fields})

    def emit(self, schema: AnySchema) -> None:
        source = self.source
        source.line("values = entity.__dict__")
        self.emit_values(schema.attributes)
        source.line(f"item = {{**{source.bind(schema.type_item, 'type')}}}")
        for each in schema.by_stored_name.values():
            variable, inner = self.variables[each.field], each.coder.inner
            with if_stored(inner.absent, source, variable):
                source.line(f"item[{each.stored!r}] = {emit_write(inner, source, variable, 1)}")
        self._emit_shared_pieces(schema)
        self.emit_key(schema.primary)
        for key in schema.secondary:
            tests = [
                f"{self.variables[name]} is not None" for name in key.fields if self._is_none(name)
            ]
            tests += [] if key.when is None else [self._condition(key.when)]
            if tests:
                with source.block(f"if {' and '.join(tests)}:"):
                    self.emit_key(key)
            else:
                self.emit_key(key)

    def _is_none(self, name: str) -> bool:
        return self.attributes[name].coder.inner.absent is None

    def _condition(self, when: EntryCondition) -> str:
        """The test for what is in the index, by what is stored, if all of it is."""
        if any(each.in_key for each in when.attributes):
            return f"{self.source.bind(when.holds, 'holds')}(values)"
        return f"{self.source.bind(when.holds_of, 'holds')}(item)"

    def _emit_shared_pieces(self, schema: AnySchema) -> None:
        """Writes the key texts of fields that are always there: several keys have them."""
        for key in (schema.primary, *schema.secondary):
            for part in key.parts:
                for each in part.template.parts if self._is_text(part) else ():
                    is_there = each.field != SHARD and not self._is_none(each.field)
                    if is_there and _place(each) not in self.pieces:
                        self.pieces[_place(each)] = self.source.keep(self._piece(each), "text")

    def _is_text(self, part: KeyPart) -> bool:
        """Whether a key attribute is text that is written here."""
        is_kept = all(type(each.format) in (Text, Shaped) for each in part.template.parts)
        return part.copied is None and (
            part.natural is None or (part.attribute.type == "S" and is_kept)
        )

    def emit_key(self, key: CompiledKey) -> None:
        source = self.source
        for part in key.parts:
            if self._is_text(part):
                text = self._emit_text(key, part)
                if part.natural is None:
                    source.line(f"item[{part.attribute.name!r}] = {{'S': {text}}}")
                continue
            render = source.bind(part.render, "render")
            source.line(f"item[{part.attribute.name!r}] = {render}(values)")

    def _emit_text(self, key: CompiledKey, part: KeyPart) -> str:
        source, template = self.source, part.template
        if not template.parts and len(template.literal.encode()) <= template.limit:
            return repr(template.literal)
        pieces = [repr(template.literal)] if template.literal else []
        for each in template.parts:
            if each.field == SHARD and key.shards is not None:
                pieces.append(self._shard(key, key.shards, each))
            else:
                pieces.append(self.pieces.get(_place(each)) or self._piece(each))
            pieces += [repr(each.after)] if each.after else []
        text = source.keep(" + ".join(pieces), "text")
        given = ", ".join(
            f"{name!r}: {self.variables[name]}" for name in template.fields if name != SHARD
        )
        check = source.bind(template.check_length, "check_length")
        test = f"len({text}) > {template.limit} or not {text}.isascii()"
        source.line(f"if {test}: {check}({text}, {{{given}}})")
        return text

    def _shard(self, key: CompiledKey, shards: Shards, part: Part) -> str:
        """The expression of the text of the shard that an item falls into."""
        by = zip(shards.by, key.shard_formats, strict=True)
        texts = [self._text(name, format_, format_.encode, ()) for name, format_ in by]
        known = self.source.bind([part.encode(at) for at in range(shards.count)], "shards")
        return f"{known}[{self.source.bind(shards.pick, 'pick')}({', '.join(texts)})]"

    def _piece(self, part: Part) -> str:
        """The expression of the text of a part of a key."""
        return self._text(part.field, part.format, part.encode, part.forbidden)

    def _text(
        self,
        name: str,
        format_: Format,
        encode: Callable[[object], str],
        forbidden: Collection[str],
    ) -> str:
        """The expression of a field's text in a format; `encode` makes that of any value."""
        value = self.variables[name]
        usual = self._usual_text(self.attributes.get(name), value, format_)
        other = f"{self.source.bind(encode, 'encode')}({value})"
        if usual is None:
            return other
        made, test = usual
        tests = [test, *(f"{character!r} not in {made}" for character in sorted(forbidden))]
        return f"({made} if {' and '.join(filter(None, tests)) or 'True'} else {other})"

    def _usual_text(
        self, attribute: Attribute | None, value: str, format_: Format
    ) -> tuple[str, str] | None:
        """The expression of the text of usual values, and the test for these; None: call."""
        bind, kind = self.source.bind, type(format_)
        if format_ == Text(takes_delimiter=format_.takes_delimiter):
            return value, f"type({value}) is str and {value}.isascii() and {value}"
        if isinstance(format_, Shaped) and kind is Shaped:
            test = f"type({value}) is str and {bind(format_.shape.fullmatch, 'fits')}({value})"
            most = format_.max_bytes
            return value, test if most is None else f"{test} and len({value}) <= {most}"
        if kind is UuidText:
            return f"str({value})", f"type({value}) is {bind(UUID, 'UUID')}"
        if isinstance(format_, OneOf) and kind is OneOf:
            return self._chosen_text(value, format_)
        if kind is Instant and attribute and _is_stored_so(attribute, format_):
            return f"item[{attribute.stored!r}]['S']", ""
        return None

    def _chosen_text(self, value: str, format_: OneOf) -> tuple[str, str] | None:
        """By a table of the members, if they are of one class."""
        kinds = {type(member) for _, member in format_.members}
        if len(kinds) > 1:
            return None
        [kind] = kinds
        members = [
            (member._value_ if isinstance(member, Enum) else member, text)
            for text, member in format_.members
        ]
        if any(type(raw) not in (str, int, bool) for raw, _ in members):
            return None
        raw = f"{value}._value_" if issubclass(kind, Enum) else value
        texts = self.source.bind(dict(members), "texts")
        test = f"type({value}) is {self.source.bind(kind, 'Kind')} and {raw} in {texts}"
        return f"{texts}[{raw}]", test


def _is_stored_so(attribute: Attribute, format_: Format) -> bool:
    """Whether a moment is stored as the text that stands in keys."""
    if attribute.in_key or attribute.coder.is_opaque:
        return False
    try:
        return attribute.encode(_EXAMPLE) == {"S": format_.encode(_EXAMPLE)}
    except (UnstorableValue, ValueError):
        return False


def generate_writer(schema: AnySchema, plain: Write) -> Write:
    """The function that writes items. `plain`: writes any entity."""
    source = Source("def write(entity):")
    with source.block("try:"):
        _Writer(schema.attributes, source).emit(schema)
        source.line("return item")
    source.line(f"except Exception: return {source.bind(plain, 'plain')}(entity)")
    return cast(Write, source.compile(f"singletable: writes {schema.name}"))


def generate_key(key: CompiledKey, plain: Render) -> Render:
    """The function that renders a key of texts. `plain`: renders it of any values."""
    source = Source("def render(values):")
    with source.block("try:"):
        writer = _Writer({}, source)
        writer.emit_values(key.fields)
        source.line("item = {}")
        writer.emit_key(key)
        source.line("return item")
    source.line(f"except Exception: return {source.bind(plain, 'plain')}(values)")
    return cast(Render, source.compile(f"singletable: renders {key.label}"))
