"""A view compiled: some fields of an entity, and how an index gives them. Builds no request."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, fields
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar, cast

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from singletable.codec import same_value
from singletable.errors.request import InvalidKeyValue
from singletable.records import record
from singletable.schema.attribute import show_error
from singletable.schema.entry import EntryCondition
from singletable.schema.key import CompiledKey, KeyPart
from singletable.schema.key_check import Composed, KeyTexts, fields_in_keys, left_over
from singletable.schema.schema import AnySchema, Item, Schema, schema_by_model

if TYPE_CHECKING:
    from singletable.schema.generated import Read

V = TypeVar("V", bound=BaseModel)

Pieces: TypeAlias = tuple[tuple[str, str], ...]
"""The stored names of the fields in a key text, each with the literal that follows it."""

VIEW = "__singletable_view__"
"""The attribute of a view's class that holds what it was compiled to."""


@record
class CompiledView(Generic[V]):
    """A view: `model` has some fields of the entity of `schema`."""

    model: type[V]
    schema: AnySchema
    _known: dict[str, ViewSchema[V]] = field(default_factory=dict[str, "ViewSchema[V]"], init=False)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.model.model_fields)

    def on(self, key: CompiledKey) -> ViewSchema[V]:
        """The view as it is read from the index of a key."""
        known = self._known.get(key.name)
        if known is None:
            known = self._known[key.name] = self._build(key)
        return known

    def _build(self, key: CompiledKey) -> ViewSchema[V]:
        held, type_name = key.held, self.schema.table.type_attribute
        asked = {name: self.schema.attributes[name] for name in self.model.model_fields}
        own = {
            name: each
            for name, each in asked.items()
            if not each.in_key and (held is None or each.stored in held)
        }
        names = (each.name for each in fields(Schema))
        taken: dict[str, Any] = {name: getattr(self.schema, name) for name in names}
        taken |= {"model": self.model, "attributes": own, "uniques": (), "upgrade": None}
        return ViewSchema(
            **taken,
            asked=key,
            in_keys=frozenset(asked.keys() - own.keys()),
            has_type=type_name is None or held is None or type_name in held,
        )


@record
class ViewSchema(Schema[V]):
    """The fields of a view as the index of the key `asked` gives them.

    `attributes` are those that it holds, `in_keys` the fields that its key text has to tell.
    `has_type`: whether its items say what they are; where not, their primary key does.
    """

    asked: CompiledKey = field(kw_only=True)
    in_keys: frozenset[str] = field(kw_only=True)
    has_type: bool = field(kw_only=True)

    @cached_property
    def texts(self) -> tuple[KeyPart, ...]:
        """The parts of key text that every item of the index has: its own, the primary key's."""
        keys = {each.name: each for each in (self.primary, self.asked)}.values()
        return tuple(part for key in keys for part in key.made)

    @cached_property
    def may_be_in_key(self) -> Mapping[str, str]:
        known = self._whole.may_be_in_key.items()
        return {name: field for name, field in known if field in self.attributes}

    @cached_property
    def lacking(self) -> list[str]:
        """The fields that neither the index nor its key text holds."""
        told = {name for part in self.texts for name in part.told_fields}
        return [name for name in self.model.model_fields if name in self.in_keys - told]

    @cached_property
    def projected(self) -> tuple[str, ...]:
        """The attributes to ask for; none where the index holds no others."""
        held = self.asked.held
        needed = dict.fromkeys((*self.asked.position_attributes, *self.type_item))
        needed |= dict.fromkeys(each.stored for each in self.attributes.values())
        if self.table.knows_by_key:  # a field that no attribute has is read from key text
            for part in (part for key in self.keys.values() for part in key.parts):
                needed |= dict.fromkeys([part.attribute.name] if self._reads(part) else [])
        names = [name for name in needed if held is None or name in held]
        return () if held is not None and held <= {*names} else tuple(names)

    def _reads(self, part: KeyPart) -> bool:
        return not self.model.model_fields.keys().isdisjoint(part.fields)

    def _type_name(self, item: Item) -> str | None:
        return super()._type_name(item) if self.has_type else None

    @cached_property
    def _checked(self) -> tuple[tuple[KeyPart, Pieces], ...]:
        """The key text that says again what is read elsewhere.

        With the stored names and literals that make it, where attributes have all of it: comparing
        them takes a fraction of the time of rendering.
        """
        found, told = list[tuple[KeyPart, Pieces]](), set[str]()
        for part in self.texts:
            if self.attributes.keys() & part.fields or self.in_keys & told & {*part.fields}:
                is_stored = self.attributes.keys() >= {*part.fields}
                pieces = [
                    (self.attributes[each.field].stored, each.after)
                    for each in (part.template.parts if is_stored else ())
                ]
                found.append((part, tuple(pieces)))
            told.update(part.fields)
        return tuple(found)

    @property
    def told_by(self) -> str | None:
        return super().told_by if self.has_type else None

    def _generate_reader(self, key: CompiledKey) -> Read:
        from singletable.schema.generated import ReadPlan, generate_reader  # noqa: PLC0415

        plan = ReadPlan(
            (self.primary, self.asked),
            self.in_keys,
            needs_all=True,
            texts=self._texts,
            check=self._check_texts,
            remembers=False,
        )
        return generate_reader(self, plan, lambda item, _: self.read_by_coders(item))

    @cached_property
    def _texts(self) -> KeyTexts | None:
        """The texts that suffice as a check; None where it takes the fields themselves."""
        composed = [
            Composed(part.attribute.name, part.template.literal, pieces)
            for part, pieces in self._checked
            if part.copied is None
        ]
        texts = KeyTexts(
            composed=tuple(composed),
            copies=tuple(
                (part.attribute.name, pieces[0][0])
                for part, pieces in self._checked
                if part.copied is not None and pieces
            ),
        )
        is_told = self._told_condition is None and all(pieces for _, pieces in self._checked)
        return texts if is_told and self._are_texts(texts.stored_names) else None

    def read_by_coders(self, item: Item) -> V:
        """Reads the view of an item; `InvalidStoredItem` names the key and what does not fit."""
        if not self.is_typed(item):
            raise self._invalid(item, self.type_text(item))
        view = self._load(item, item)
        self._check_texts(item, view)
        return view

    def _check_texts(self, item: Item, view: V) -> None:
        """Refuses key text that contradicts the fields."""
        problems = [
            self._find_contradiction_in(part, item, view)
            for part, pieces in self._checked
            if not (pieces and _is_made_of(part, pieces, item))
        ]
        when = self._told_condition
        if when is not None and not when.holds(vars(view)):
            problems.append(left_over(self.asked))
        if any(problems):
            raise self._invalid(item, "; ".join(filter(None, problems)))

    @cached_property
    def _told_condition(self) -> EntryCondition | None:
        """The condition of being in the index, if the view has all of its fields."""
        when = self.asked.when
        is_told = when is not None and self.model.model_fields.keys() >= {*when.fields}
        return when if is_told else None

    def _find_contradiction_in(self, part: KeyPart, item: Item, view: V) -> str:
        """Says where key text contradicts the fields that were read; empty if it does not."""
        name, read = part.attribute.name, self.model.model_fields
        parsed = part.find(item.get(name))
        if parsed is None:
            return f"its {name} is no key text of {part.template.where}"
        own = {field: getattr(view, field) for field in part.fields if field in read}
        try:
            made = part.render({**parsed, **own})
        except InvalidKeyValue as error:
            return f"its fields make no key: {error}"
        if same_value(item[name], made):
            return ""
        ((found,), (expected,)) = item[name].values(), made.values()
        return f"its {name} is {found!r}, and its fields make {expected!r}"

    def _decode_fields(self, item: Item, stored: Item) -> dict[str, object]:
        """The fields by attribute and key text; absent ones have the entity's default."""
        found = super()._decode_fields(item, stored)
        if self.in_keys:
            found |= fields_in_keys((self.primary, self.asked), stored, self.in_keys)
            untold = sorted(self.in_keys - found.keys())
            if untold:
                raise self._invalid(item, f"{', '.join(untold)}: no key text of it tells")
        if len(found) < len(self.model.model_fields):
            self._add_defaults(item, found)
        return found

    def _add_defaults(self, item: Item, found: dict[str, object]) -> None:
        """Adds what absent fields are read as, in the entity's order: some are made of others."""
        for name, info in self.primary.model.model_fields.items():
            if name in self.model.model_fields and name not in found and not info.is_required():
                try:
                    found[name] = self._default(info, name, found)
                except _NotRead as error:
                    problem = f"{name}: its default needs {error}, which was not read"
                    raise self._invalid(item, problem) from error
                except Exception as error:
                    problem = f"{name}: its default raises {show_error(error)}"
                    raise self._invalid(item, problem) from error

    def _default(self, info: FieldInfo, name: str, found: Mapping[str, object]) -> object:
        if not info.default_factory_takes_validated_data:
            return info.get_default(call_default_factory=True)
        before = [*takewhile(name.__ne__, self.primary.model.model_fields)]
        own = self._whole.attributes
        known = {each: own[each].validate(found[each]) for each in before if each in found}
        return info.get_default(call_default_factory=True, validated_data=_Told(known, before))

    @cached_property
    def _whole(self) -> AnySchema:
        return cast(AnySchema, schema_by_model(self.primary.model))


class _NotRead(KeyError):
    """A field that a default needs."""


class _Told(dict[str, Any]):
    """The fields `before` one, of which its default may be made; `_NotRead` for all others of them:
    what looks whether they are there would find another default than the entity has."""

    def __init__(self, known: Mapping[str, object], before: Collection[str]) -> None:
        super().__init__(known)
        self._before = before

    def __missing__(self, key: str) -> Any:
        raise _NotRead(key) if key in self._before else KeyError(key)

    def get(self, key: str, default: Any = None, /) -> Any:
        return self[key] if key in self._before else default

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (key in self._before and self.__missing__(str(key)))


def _is_made_of(part: KeyPart, pieces: Pieces, item: Item) -> bool:
    """Whether a key attribute is the stored texts of its fields, or one of them once more."""
    text, name = part.template.literal, part.attribute.name
    try:
        if part.copied is not None:
            return bool(item[name] == item[pieces[0][0]])
        for stored, after in pieces:
            text += item[stored]["S"] + after
        return bool(item[name]["S"] == text)
    except KeyError:
        return False


def view_of(model: object) -> CompiledView[Any] | None:
    """The compiled view of a class; None for what is none."""
    found: CompiledView[Any] | None = getattr(model, "__dict__", {}).get(VIEW)
    return found
