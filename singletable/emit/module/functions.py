"""What patterns are written of: functions with parameters, views, and patterns of one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from singletable.design import ir
from singletable.emit.module.conditions import NotAsked
from singletable.emit.module.entities import EntityNames
from singletable.emit.module.layout import call, chain, docstring, quoted, subscript
from singletable.emit.module.names import Names, pascal_case, snake_case

_LONGEST_TYPE = 50


@dataclass
class Function:
    """A pattern as it is written: parameters by the arguments of the design, and calls."""

    name: str
    question: str
    parameters: dict[str, str] = field(default_factory=dict[str, str])
    names: dict[tuple[str, ...], str] = field(default_factory=dict[tuple[str, ...], str])
    used: Names = field(default_factory=Names)
    notes: list[str] = field(default_factory=list[str])

    def parameter(self, identity: tuple[str, ...], wanted: str, type_: str) -> str:
        """The parameter that stands for something of the design; a new one the first time."""
        if identity not in self.names:
            name = self.used.give(snake_case(wanted, "value"))
            self.names[identity], self.parameters[name] = name, type_
        return self.names[identity]

    def lines(self, returns: str, body: Sequence[str]) -> Iterator[str]:
        yield "@access_pattern"
        parameters = [f"{name}: {kind}" for name, kind in self.parameters.items()]
        yield from call(f"def {self.name}", parameters, f" -> {returns}:")
        yield f"    {docstring(self.question)}"
        yield from body


def view_of_read(read: ir.Read, entity: EntityNames, function: Function) -> ViewClass | None:
    if read.view is None:
        held = held_fields(read.index, entity)
        return None if held is None else ViewClass.of(function, entity, held)
    keys = entity.table.key_attributes.keys() | {entity.table.type_attribute}
    found = list[str]()
    for name in read.view.attributes:
        known = entity.field_by_attribute(name) or name
        if known in entity.fields:
            found.append(known)
        elif name not in keys:
            raise NotAsked(f"it asks for {name}, which is no field of {entity.entity.name}")
    if not found:
        raise NotAsked("it asks for keys alone")
    return ViewClass.of(function, entity, found)


def held_fields(index: str, entity: EntityNames) -> list[str] | None:
    """The fields that an index holds, or has in its keys; None where it holds all."""
    table, known = entity.table, next(each for each in entity.table.indexes if each.name == index)
    if known.projection.kind == "ALL":
        return None
    attributes = table.held_by(known)
    if all(each.stored in attributes for each in entity.entity.fields):
        return None
    in_keys = {
        name
        for key in entity.entity.keys
        if key.index in (index, ir.PRIMARY)
        for name in key.fields
    }
    fields = entity.entity.fields
    return [each.name for each in fields if each.name in in_keys or each.stored in attributes]


@dataclass(frozen=True)
class ViewClass:
    name: str
    entity: EntityNames
    fields: tuple[str, ...]

    @classmethod
    def of(cls, function: Function, entity: EntityNames, fields: Sequence[str]) -> ViewClass:
        return cls(f"{pascal_case(function.name, 'Pattern')}View", entity, tuple(fields))

    @property
    def lines(self) -> Iterator[str]:
        yield f"class {self.name}(View[{self.entity.class_name}]):"
        yield f"    {docstring(f'What is read of {self.entity.class_name}.')}"
        yield ""
        for name in self.fields:
            known = self.entity.types[name]
            yield f"    {self.entity.fields[name]}: {known.bare}{known.absent}"
        yield ""
        yield ""


def only_one(meant: Sequence[EntityNames]) -> Sequence[EntityNames]:
    if len(meant) > 1:
        raise NotAsked(f"it is about {len(meant)} entities, where one is due")
    return meant


def key_on(entity: EntityNames, index: str) -> ir.Key:
    found = next((each for each in entity.entity.keys if each.index == index), None)
    if found is None:
        raise NotAsked(f"{entity.entity.name} has no key on {index}")
    return found


def is_plain_query(read: ir.Read) -> bool:
    limits = (read.filter, read.view, read.items_in_all)
    return not read.descending and limits == (None, None, None)


def one_line(verb: str, about: str, function: Function) -> list[str]:
    return call(f"{function.name} = {verb}", [about, quoted(function.question)])


def write_of_one(verb: str, meant: Sequence[EntityNames], function: Function) -> list[str]:
    (entity,) = only_one(meant)
    about = entity.class_name if verb == "puts" else f"{entity.class_name}.key"
    return one_line(verb, about, function)


def update_lines(
    pattern: ir.Pattern, meant: Sequence[EntityNames], function: Function, *, is_whole: bool
) -> Sequence[str]:
    """An update of the fields that change; of any, where nothing says which."""
    (entity,) = only_one(meant)
    changed = [each.field for action in pattern.operation.writes for each in action.changes]
    identity = entity.entity.primary.fields
    name = entity.class_name
    if is_whole:
        function.notes.append(f"a whole {name} is updated, by the difference of two states")
    if is_whole or not changed or set(changed) & set(identity):
        function.parameters |= {"before": name, "after": name}
        return [*function.lines(f"Update[{name}]", ["    return update(before, after)"])]
    given, values = list[str](), list[str]()
    for names, target in ((identity, given), (changed, values)):
        for each in names:
            if each not in entity.fields:
                raise NotAsked(f"it changes {each}, which is no field of {entity.entity.name}")
            known = entity.types[each]
            type_ = known.bare + known.absent
            own = function.parameter(("field", each), entity.fields[each], type_)
            target.append(f"{entity.fields[each]}={own}")
    body = chain((f"{name}.key.patch", given), [("set", values)], "    ")
    return [*function.lines(f"Patch[{name}]", [*body])]


def alias_of(
    function: Function, short: str, head: str, parts: Sequence[str]
) -> tuple[list[str], str]:
    """A name for a long type, and what stands in the function."""
    if len(short) <= _LONGEST_TYPE:
        return [], short
    name = f"{pascal_case(function.name, 'Pattern')}Items"
    return [f"{name}: TypeAlias = {subscript(head, parts, '', 89)}", "", ""], name
