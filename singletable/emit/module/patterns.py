"""Access patterns as functions, or as one line where they are a call alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from singletable.design import ir
from singletable.emit.module.conditions import Asked, NotAsked, Said, asked_of, by_position
from singletable.emit.module.entities import EntityNames
from singletable.emit.module.fields import FieldType
from singletable.emit.module.filters import (
    Joined,
    Node,
    Test,
    Value,
    condition_text,
    parse_filter,
    test_call,
    tests_of,
)
from singletable.emit.module.layout import call, chain, docstring, quoted, subscript, tuple_of
from singletable.emit.module.names import Names, pascal_case, snake_case

_LONGEST_TYPE = 50


Call = tuple[str, Sequence[str]]


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


@dataclass(frozen=True)
class Written:
    """The source of a pattern, what of the design is otherwise in it, and the entities it needs."""

    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


class PatternWriter:
    """Writes the patterns of one design; `NotAsked` says what cannot be declared."""

    def __init__(self, entities: Mapping[str, EntityNames]) -> None:
        self._entities = entities

    def meant(self, pattern: ir.Pattern) -> tuple[EntityNames, ...]:
        """The entities that a pattern is about."""
        found = [self._entities[name] for name in pattern.operation.entities]
        if not found:
            raise NotAsked("it does not say which entities it is about")
        return tuple(found)

    def write(
        self, pattern: ir.Pattern, name: str, skipped: Sequence[str], *, is_whole: bool = False
    ) -> Written:
        """The source of a pattern; `skipped` are classes whose items it meets and leaves out.
        `is_whole`: an update is of whole entities, whichever fields change."""
        operation, meant = pattern.operation, self.meant(pattern)
        function = Function(name, pattern.question or f"The pattern {pattern.name}.")
        writers: Mapping[str, Callable[[], Sequence[str]]] = {
            "GetItem": lambda: self._get(pattern, meant, function),
            "BatchGetItem": lambda: self._get_each(pattern, meant, function),
            "TransactGetItems": lambda: self._snapshot(pattern, function),
            "Query": lambda: self._query(pattern, meant, function, skipped),
            "Scan": lambda: self._scan(pattern, meant, function),
            "PutItem": lambda: _of_one("puts", meant, function),
            "DeleteItem": lambda: _of_one("deletes", meant, function),
            "UpdateItem": lambda: _update(pattern, meant, function, is_whole=is_whole),
        }
        if operation.kind not in writers:
            what = operation.kind or "no operation of DynamoDB"
            raise NotAsked(f"it is {what}, and nothing says what is written or read by it")
        lines = tuple(writers[operation.kind]())
        return Written(lines, tuple(function.notes))

    # Reads of items

    def _get(
        self, pattern: ir.Pattern, meant: Sequence[EntityNames], function: Function
    ) -> Sequence[str]:
        (entity,) = _one(meant)
        [read] = pattern.operation.reads
        given = self._identity(read, entity, function)
        view = self._view(read, entity, function)
        own = [entity.fields[name] for name in entity.entity.primary.fields]
        if view is None and given == [f"{name}={name}" for name in own]:
            return _one_line("gets", f"{entity.class_name}.key", function)
        calls: list[Call] = [] if view is None else [("only", [view.name])]
        first: Call = (f"{entity.class_name}.key.get", given)
        returns = f"Get[{view.name if view else entity.class_name}]"
        body = chain(first, calls, "    ")
        return [*(view.lines if view else ()), *function.lines(returns, [*body])]

    def _identity(self, read: ir.Read, entity: EntityNames, function: Function) -> list[str]:
        """The fields of the primary key, each with its argument or constant."""
        asked = asked_of(entity.entity.primary, read.conditions)
        lacking = [name for name in entity.entity.primary.fields if name not in asked.equals]
        if lacking or asked.method:
            names = [each.attribute for each in entity.entity.primary.templates]
            said = {each.attribute for each in read.conditions if each.operator == "="}
            missing = ", ".join(name for name in names if name not in said)
            raise NotAsked(f"it does not say {missing or 'all'} of the primary key")
        return self._equals(asked, entity, function)

    def _equals(self, asked: Asked, entity: EntityNames, function: Function) -> list[str]:
        """`field=argument` for each field that is equal to something."""
        return [
            f"{entity.fields[name]}={self._said(said, name, entity, function)}"
            for name, said in asked.equals.items()
        ]

    def _said(
        self, said: Said, name: str, entity: EntityNames, function: Function, *, end: str = ""
    ) -> str:
        known, own = entity.types[name], entity.fields[name]
        if said.constant is not None:
            value = known.value(said.constant)
            if value is None:
                raise NotAsked(f"{said.constant!r} is no value of {name}, which is {known.bare}")
            return value
        type_ = "str" if end == "beginning" else known.bare
        argument = said.argument
        if argument is not None:
            wanted = argument if end else own
            return function.parameter(("argument", argument), wanted, type_)
        wanted = f"{own}_{end}" if end else own
        found = function.parameter(("text", said.shown), wanted, type_)
        function.notes.append(f"{found} is given whole, as {said.shown}")
        return found

    def _get_each(
        self, pattern: ir.Pattern, meant: Sequence[EntityNames], function: Function
    ) -> Sequence[str]:
        (entity,) = _one(meant)
        [read] = pattern.operation.reads
        given = self._identity(read, entity, function)
        function.parameters = {
            name: f"Sequence[{kind}]" for name, kind in function.parameters.items()
        }
        if not function.parameters:
            raise NotAsked("all that it gets has one key")
        first: Call = (f"{entity.class_name}.key.get_each", given)
        return [*function.lines(f"BatchGet[{entity.class_name}]", [*chain(first, (), "    ")])]

    def _snapshot(self, pattern: ir.Pattern, function: Function) -> Sequence[str]:
        gets, answers = list[str](), list[str]()
        for read in pattern.operation.reads:
            name = read.keys[0].removesuffix(f".{ir.PRIMARY}") if read.keys else ""
            if name not in self._entities:
                raise NotAsked("it does not say which items it reads")
            entity = self._entities[name]
            given = self._identity(read, entity, function)
            gets.append(f"{entity.class_name}.key.get({', '.join(given)})")
            answers.append(f"{entity.class_name} | None")
        alias, returns = _alias(function, f"tuple[{', '.join(answers)}]", "tuple", answers)
        body = chain(("snapshot", gets), (), "    ")
        return [*alias, *function.lines(f"Snapshot[{returns}]", [*body])]

    # Reads in pages

    def _query(
        self,
        pattern: ir.Pattern,
        meant: Sequence[EntityNames],
        function: Function,
        skipped: Sequence[str],
    ) -> Sequence[str]:
        [read] = pattern.operation.reads
        first = meant[0]
        keys = [_key_on(entity, read.index) for entity in meant]
        asked = [asked_of(key, read.conditions) for key in keys]
        places = [by_position(*each) for each in zip(keys, asked, strict=True)]
        if any(each != places[0] for each in places):
            raise NotAsked("what it asks is in other places of the keys of its entities")
        self._check_order(read, meant, keys, asked)
        equals = self._equals(asked[0], first, function)
        calls = [*self._range(asked[0], first, function)]
        if read.requests > 1:
            function.notes.append(f"{read.requests} requests, each with an argument of its own")
        if not calls and len(meant) == 1 and not skipped and _is_plain_query(read):
            partition = dict.fromkeys(p.field for each in keys[0].partition for p in each.parts)
            is_whole = self._view(read, first, function) is None
            own = [f"{first.fields[name]}={first.fields[name]}" for name in partition]
            if is_whole and equals == own:
                label = f"{first.class_name}.{first.keys[read.index]}"
                return _one_line("queries", label, function)
        if skipped:
            calls.append(("skipping", skipped))
        opening = self._opening(meant, read.index)
        return self._paged(read, meant, function, [*opening, ("query", equals)], calls, "Query")

    def _opening(self, meant: Sequence[EntityNames], index: str) -> list[Call]:
        labels = [f"{each.class_name}.{each.keys[index]}" for each in meant]
        return [("collection", labels)] if len(labels) > 1 else [(labels[0], ())]

    def _range(self, asked: Asked, entity: EntityNames, function: Function) -> Iterator[Call]:
        if not asked.method:
            return
        suffixes = ["beginning"] if asked.method == "begins_with" else ["from", "to"]
        if asked.method in ("before", "at_most"):
            suffixes = ["to"]
        ends = [
            self._said(each, asked.field, entity, function, end=suffix)
            for each, suffix in zip(asked.ends, suffixes, strict=False)
        ]
        shown = tuple_of(ends) if asked.method == "between" else ends[0]
        yield asked.method, [f"{entity.fields[asked.field]}={shown}"]

    def _check_order(
        self,
        read: ir.Read,
        meant: Sequence[EntityNames],
        keys: Sequence[ir.Key],
        asked: Sequence[Asked],
    ) -> None:
        wanted = list(read.ordered_by)
        for key, each in zip(keys, asked, strict=True):
            order = dict.fromkeys(p.field for part in key.sort for p in part.parts)
            free = [name for name in order if name not in each.equals]
            if wanted and free[: len(wanted)] != wanted:
                raise NotAsked(f"{read.index} does not keep the order by {', '.join(wanted)}")

    def _scan(
        self, pattern: ir.Pattern, meant: Sequence[EntityNames], function: Function
    ) -> Sequence[str]:
        [read] = pattern.operation.reads
        for entity in meant:
            _key_on(entity, read.index)
        opening = self._opening(meant, read.index)
        because = [f"because={quoted('the design says Scan')}"]
        return self._paged(read, meant, function, [*opening, ("scan", because)], [], "Scan")

    def _paged(
        self,
        read: ir.Read,
        meant: Sequence[EntityNames],
        function: Function,
        opening: Sequence[Call],
        calls: list[Call],
        kind: str,
    ) -> Sequence[str]:
        """The calls that a query and a scan have in common, and the whole function."""
        named: list[str] = []
        if read.filter is not None:
            calls += self._where(read.filter.text, meant, function, named)
        if read.descending and kind == "Query":
            calls.append(("descending", ()))
        if read.items_in_all is not None:
            calls.append(("take", [str(read.items_in_all)]))
        view = self._view(read, meant[0], function) if len(meant) == 1 else None
        if read.view is not None and len(meant) > 1:
            function.notes.append("whole items are read, of several entities")
        if view is not None:
            calls.append(("only", [view.name]))
        answers = [view.name] if view else [each.class_name for each in meant]
        alias, returns = _alias(function, " | ".join(answers), "Union", answers)
        (head, arguments), (verb, given) = opening
        is_collection = head == "collection"
        body = [*named]
        first: Call = (f"{head}.{verb}", given)
        if is_collection:
            whole = f"collection({', '.join(arguments)}).{verb}"
            is_short = len(f"    return {whole}({', '.join(given)})") <= 80
            first = (whole, given)
            if not is_short:
                body += call("keys = collection", arguments, indent="    ")
                first = (f"keys.{verb}", given)
        body += chain(first, calls, "    ")
        lines = function.lines(f"{kind}[{returns}]", body)
        return [*(view.lines if view else ()), *alias, *lines]

    def _where(
        self, text: str, meant: Sequence[EntityNames], function: Function, named: list[str]
    ) -> Iterator[Call]:
        """The conditions of a filter; a type that is told by the entity itself is none."""
        ttl = meant[0].table.ttl_attribute
        if ttl is not None and text == f"NOT {ttl} <= now":
            yield "excluding_expired", ()
            return
        try:
            node = parse_filter(text)
        except ValueError as error:
            raise NotAsked(f"its filter {text!r} is no expression: {error}") from None
        parts = node.parts if isinstance(node, Joined) and node.sign == "&" else (node,)
        for part in parts:
            if isinstance(part, Test) and _says_type(part, meant):
                continue
            shown = condition_text(part, lambda test: self._test(test, meant[0], function))
            if len(shown) > 60 and not isinstance(part, Test):
                shown = self._named_condition(part, meant[0], function, named)
            yield "where", [shown]

    def _named_condition(
        self, node: Node, entity: EntityNames, function: Function, named: list[str]
    ) -> str:
        """A long condition, each test of which has a line of its own."""
        variables = dict[int, str]()
        for test in tests_of(node):
            name = function.used.give("condition")
            variables[id(test)] = name
            head, values = self._test_call(test, entity, function)
            named += call(f"{name} = {head}", values, indent="    ")
        return condition_text(node, lambda test: variables[id(test)])

    def _test(self, test: Test, entity: EntityNames, function: Function) -> str:
        head, values = self._test_call(test, entity, function)
        return f"{head}({', '.join(values)})"

    def _test_call(self, test: Test, entity: EntityNames, function: Function) -> Call:
        name = entity.field_by_attribute(test.attribute) or test.attribute
        if name not in entity.fields:
            raise NotAsked(f"its filter is on {test.attribute}, which is no field")
        values = [self._operand(each, test, name, entity, function) for each in test.values]
        return test_call(test, entity.fields[name]), values

    def _operand(
        self, value: Value, test: Test, name: str, entity: EntityNames, function: Function
    ) -> str:
        known = entity.types[name]
        is_element = test.method == "contains" and known.bare != "str"
        type_ = "int" if test.of_size else "object" if is_element else known.bare
        if is_element and known.bare.startswith("frozenset["):
            type_ = known.bare.removeprefix("frozenset[")[:-1]
        if value.is_argument:
            return function.parameter(("argument", value.text), value.text, type_)
        if is_element:
            known = FieldType("str" if type_ == "object" else type_)
        shown = value.text if test.of_size else known.value(value.text)
        if shown is None:
            raise NotAsked(f"{value.text!r} is no value of {name}, which is {known.bare}")
        return shown

    def _view(self, read: ir.Read, entity: EntityNames, function: Function) -> _View | None:
        if read.view is None:
            held = _held(read.index, entity)
            return None if held is None else _View.of(function, entity, held)
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
        return _View.of(function, entity, found)


def _held(index: str, entity: EntityNames) -> list[str] | None:
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
class _View:
    name: str
    entity: EntityNames
    fields: tuple[str, ...]

    @classmethod
    def of(cls, function: Function, entity: EntityNames, fields: Sequence[str]) -> _View:
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


def _one(meant: Sequence[EntityNames]) -> Sequence[EntityNames]:
    if len(meant) > 1:
        raise NotAsked(f"it is about {len(meant)} entities, where one is due")
    return meant


def _key_on(entity: EntityNames, index: str) -> ir.Key:
    found = next((each for each in entity.entity.keys if each.index == index), None)
    if found is None:
        raise NotAsked(f"{entity.entity.name} has no key on {index}")
    return found


def _is_plain_query(read: ir.Read) -> bool:
    limits = (read.filter, read.view, read.items_in_all)
    return not read.descending and limits == (None, None, None)


def _one_line(verb: str, about: str, function: Function) -> list[str]:
    return call(f"{function.name} = {verb}", [about, quoted(function.question)])


def _of_one(verb: str, meant: Sequence[EntityNames], function: Function) -> list[str]:
    (entity,) = _one(meant)
    about = entity.class_name if verb == "puts" else f"{entity.class_name}.key"
    return _one_line(verb, about, function)


def _update(
    pattern: ir.Pattern, meant: Sequence[EntityNames], function: Function, *, is_whole: bool
) -> Sequence[str]:
    """An update of the fields that change; of any, where nothing says which."""
    (entity,) = _one(meant)
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


def _says_type(test: Test, meant: Sequence[EntityNames]) -> bool:
    own = [each.entity.name for each in meant]
    is_type = test.attribute == meant[0].table.type_attribute
    return is_type and test.method == "equals" and [each.text for each in test.values] == own


def _alias(
    function: Function, short: str, head: str, parts: Sequence[str]
) -> tuple[list[str], str]:
    """A name for a long type, and what stands in the function."""
    if len(short) <= _LONGEST_TYPE:
        return [], short
    name = f"{pascal_case(function.name, 'Pattern')}Items"
    return [f"{name}: TypeAlias = {subscript(head, parts, '', 89)}", "", ""], name
