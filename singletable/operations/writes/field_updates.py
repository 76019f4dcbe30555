"""The changes of a partial update by field, checked as they are added. Renders nothing."""

from __future__ import annotations

from copy import copy
from dataclasses import field
from typing import cast

from singletable.codec import MISSING, AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Path
from singletable.operations.protocol import evolve
from singletable.operations.writes.parts import (
    COUNTABLE,
    SETS,
    Part,
    Verb,
    check_part,
    needs_room,
    root_of,
)
from singletable.records import record
from singletable.schema import Attribute, Values
from singletable.schema.limits import Limits
from singletable.schema.schema import AnySchema
from singletable.tracing import Symbol


def _empty() -> dict[str, object]:
    return {}


@record
class FieldUpdates:
    """Values by field; a field is in one mapping only. `removed` holds fields alone.

    `taken`: elements to be taken out of sets. `parts`: changes inside fields, and fields that
    become what stands elsewhere.
    """

    schema: AnySchema
    assigned: Values = field(default_factory=_empty)
    removed: tuple[str, ...] = ()
    added: Values = field(default_factory=_empty)
    appended: Values = field(default_factory=_empty)
    if_absent: Values = field(default_factory=_empty)
    prepended: Values = field(default_factory=_empty)
    taken: Values = field(default_factory=_empty)
    parts: tuple[Part, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        whole = (
            *self.assigned,
            *self.removed,
            *self.added,
            *self.appended,
            *self.if_absent,
            *self.prepended,
            *self.taken,
        )
        return (*whole, *dict.fromkeys(map(root_of, self.parts))) if self.parts else whole

    @property
    def is_computed(self) -> bool:
        """Whether something depends on what is stored."""
        return bool(
            self.added
            or self.appended
            or self.if_absent
            or self.prepended
            or self.taken
            or self.parts
        )

    @property
    def counted_fields(self) -> tuple[str, ...]:
        """The fields that count from their default where they are absent."""
        return (*self.added, *self.appended, *self.prepended)

    @property
    def unpredictable_fields(self) -> frozenset[str]:
        """Fields whose new value only DynamoDB knows."""
        if not self.is_computed:
            return frozenset()
        return frozenset(self.fields).difference(self.assigned, self.removed)

    def final_values(self) -> dict[str, object]:
        """The new values of the fields that are assigned or removed."""
        return {**self.assigned, **dict.fromkeys(self.removed)}

    def assign(self, values: Values) -> FieldUpdates:
        """Assigns values; None and empty sets are removals, as both are stored as no attribute."""
        checked = dict[str, object]()
        for name, value in values.items():
            if isinstance(value, Path):
                rest = {other: each for other, each in values.items() if other != name}
                return self.change("set", Path((name,)), value).assign(rest)
            checked[name] = self._changeable(name).validate(value)
        kept = {name: value for name, value in checked.items() if self._encode(name, value)}
        gone = tuple(name for name in checked if name not in kept)
        return evolve(self, assigned={**self.assigned, **kept}, removed=(*self.removed, *gone))

    def _encode(self, name: str, value: object) -> AttributeValue | None:
        return self.schema.attribute(name).encode(value)

    def unset(self, names: tuple[str, ...]) -> FieldUpdates:
        for name in names:
            if not isinstance(cast(object, name), str):
                raise self._invalid(f"unset({abridge(name)})", "names of fields")
            attribute = self._changeable(name)
            if attribute.coder.absent is MISSING:
                raise InvalidItem(
                    entity=self.schema.name, problems=f"{name} has a value always: set it instead"
                )
            if names.count(name) > 1:
                raise self._invalid(f"two changes of {name}", "one")
            attribute.validate(copy(attribute.coder.absent))
        return evolve(self, removed=(*self.removed, *names))

    def add(self, values: Values) -> FieldUpdates:
        checked = dict[str, object]()
        for name, value in values.items():
            attribute = self._changeable(name)
            self._check_type("add", attribute, COUNTABLE, "numbers and sets")
            if name == self.schema.roles.get("ttl"):
                raise self._invalid(f"add({name}=...), the TTL", "set(...)")
            limits = self._sayable_limits("add", name)
            checked[name] = self._check_summand(attribute, limits, value)
        return evolve(self, added={**self.added, **checked})

    def _sayable_limits(self, verb: str, name: str) -> Limits:
        """The limits of a field, if a condition of the write can keep them."""
        limits = self.schema.limits(name)
        if limits.unsayable:
            raise self._invalid(
                f"{verb}({name}=...), whose result may not fit the field: {limits.unsayable}",
                "set(...), or update(before, after)",
            )
        return limits

    def _check_summand(self, attribute: Attribute, limits: Limits, value: object) -> object:
        """Checks that a summand is of the field's kind; a number need not be within its bounds."""
        if isinstance(value, Symbol):
            return attribute.bind(value)
        if "N" not in attribute.coder.tags:
            value = attribute.validate(value)
        if attribute.encode(value) is None:
            raise self._invalid(f"add({attribute.field}={abridge(value)})", "something to add")
        if not limits.keeps_steps(value):
            raise self._invalid(f"add({attribute.field}={abridge(value)})", limits.step_text)
        return value

    def append(self, values: Values) -> FieldUpdates:
        return evolve(self, appended={**self.appended, **self._lists("append", values)})

    def prepend(self, values: Values) -> FieldUpdates:
        return evolve(self, prepended={**self.prepended, **self._lists("prepend", values)})

    def _lists(self, verb: str, values: Values) -> dict[str, object]:
        checked = dict[str, object]()
        for name, value in values.items():
            attribute = self._changeable(name)
            self._check_type(verb, attribute, frozenset({"L"}), "lists")
            self._sayable_limits(verb, name)
            checked[name] = attribute.validate(value)
        return checked

    def take(self, values: Values) -> FieldUpdates:
        """Takes elements out of sets."""
        checked = dict[str, object]()
        for name, value in values.items():
            attribute = self._changeable(name)
            self._check_type("remove", attribute, SETS, "sets")
            self._check_fewer(f"remove({name}=...)", self.schema.limits(name))
            checked[name] = attribute.validate(value)
            if not isinstance(value, Symbol) and attribute.encode(checked[name]) is None:
                raise self._invalid(f"remove({name}={abridge(value)})", "something to remove")
        return evolve(self, taken={**self.taken, **checked})

    def _check_type(
        self, verb: str, attribute: Attribute, tags: frozenset[str], allowed: str
    ) -> None:
        if not attribute.coder.tags <= tags or attribute.coder.is_opaque:
            raise self._invalid(f"{verb}({attribute.field}=...)", allowed)

    def _check_fewer(self, declared: str, limits: Limits) -> None:
        if limits.unsayable_of_fewer:
            raise self._invalid(
                f"{declared}, whose result may not fit the field: {limits.unsayable_of_fewer}",
                "set(...), or update(before, after)",
            )

    def change(self, verb: Verb, path: Path, value: object = None) -> FieldUpdates:
        """Changes what stands at a path inside a field, or a field into what stands elsewhere."""
        if not isinstance(cast(object, path), Path):
            raise self._invalid(f"{verb}_at({abridge(path)})", 'a path: attr("field")["part"]')
        part = Part(self.schema, verb, path.steps, value)
        root = root_of(part)
        is_inside = len(path.steps) > 1
        self._changeable(root, inside=is_inside)
        if isinstance(value, Path):
            self.check_foreseen(self.schema.attribute(str(value.steps[0])))
            self._check_no_key(root)
        if not is_inside and not isinstance(value, Path):
            raise self._invalid(f"{verb}_at({_show(path)})", f"{verb}({root}=...)")
        checked = check_part(part)
        self._check_apart(checked)
        return evolve(self, parts=(*self.parts, checked))

    def _check_no_key(self, field: str) -> None:
        """Refuses another field's text in a key attribute: empty, DynamoDB would not take it."""
        parts = [part for key in self.schema.keys.values() for part in key.parts]
        if any(
            part.natural and field in part.fields and part.attribute.type != "N" for part in parts
        ):
            raise self._invalid(
                f"another field's value in {field}, which is a key attribute itself",
                "update(before, after)",
            )

    def _check_apart(self, part: Part) -> None:
        """Refuses changes that overlap; DynamoDB would."""
        steps = part.place.steps
        for other in self.parts:
            known = other.place.steps
            pairs = zip(steps, known, strict=False)
            apart = next(((one, beside) for one, beside in pairs if one != beside), None)
            if apart is None or type(apart[0]) is not type(apart[1]):
                raise self._invalid(f"two changes of {part.label} and {other.label}", "one")
            if steps[:-1] == known[:-1] and (needs_room(part) or needs_room(other)):
                raise self._invalid(
                    f"changes of {part.label} and {other.label}, of which the number is limited",
                    "one of them",
                )

    def set_if_absent(self, values: Values) -> FieldUpdates:
        checked = {name: self._validate(name, value) for name, value in values.items()}
        return evolve(self, if_absent={**self.if_absent, **checked})

    def _validate(self, name: str, value: object) -> object:
        attribute = self._changeable(name)
        if isinstance(value, Path):
            raise self._invalid(
                f"set_if_absent({name}={_show(value)})", "a value; set(...) takes another field's"
            )
        return attribute.validate(value)

    def _changeable(self, name: str, *, inside: bool = False) -> Attribute:
        attribute = self.schema.attribute(name)
        if name in self.schema.primary.fields:
            raise self._invalid(f"a change of {name}", "fields outside the primary key")
        if attribute.in_key:
            raise self._invalid(
                f"a change of {name}, which the text of an index key alone has",
                "update(before, after)",
            )
        if self._is_changed(name) or (not inside and name in map(root_of, self.parts)):
            raise self._invalid(f"two changes of {name}", "one")
        self.check_foreseen(attribute)
        if name in (self.schema.roles.get("version"), self.schema.roles.get("updated")):
            raise self._invalid(f"a change of {name}", "fields that the engine does not keep")
        return attribute

    def check_foreseen(self, attribute: Attribute) -> None:
        """Raises `InvalidOperation` for a field that the upgrade may make of something else."""
        if self.schema.reach.is_unknown(attribute.stored):
            raise self._invalid(
                f"a partial update of {attribute.field}, of which the upgrade may make another"
                " value in an item that was not read",
                "update(before, after), or reaches=[...], which names other attributes alone",
            )

    def former_names(self) -> dict[str, None]:
        """The former names of fields that are assigned or removed, which go with them."""
        stored = (self.schema.attribute(name).stored for name in (*self.assigned, *self.removed))
        return dict.fromkeys(
            each for name in stored for each in self.schema.reach.former_names_of(name)
        )

    def _is_changed(self, name: str) -> bool:
        """Whether the field as a whole is changed already."""
        return (
            name in self.assigned
            or name in self.removed
            or (self.is_computed and name in self.fields and name not in map(root_of, self.parts))
        )

    def _invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"change of {self.schema.name}", declared=declared, allowed=allowed
        )


def _show(path: Path) -> str:
    first, *others = path.steps
    return f"attr({first!r})" + "".join(f"[{step!r}]" for step in others)
