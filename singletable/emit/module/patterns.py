"""Access patterns as functions, or as one line where they are a call alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from singletable.design import ir
from singletable.emit.module.conditions import Asked, NotAsked, Said, asked_of, by_position
from singletable.emit.module.entities import EntityNames
from singletable.emit.module.functions import (
    Function,
    alias_of,
    is_plain_query,
    key_on,
    one_line,
    only_one,
    update_lines,
    view_of_read,
    write_of_one,
)
from singletable.emit.module.layout import call, chain, quoted, tuple_of
from singletable.emit.module.where import where_calls

Call = tuple[str, Sequence[str]]


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
            "PutItem": lambda: write_of_one("puts", meant, function),
            "DeleteItem": lambda: write_of_one("deletes", meant, function),
            "UpdateItem": lambda: update_lines(pattern, meant, function, is_whole=is_whole),
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
        (entity,) = only_one(meant)
        [read] = pattern.operation.reads
        given = self._identity(read, entity, function)
        view = view_of_read(read, entity, function)
        own = [entity.fields[name] for name in entity.entity.primary.fields]
        if view is None and given == [f"{name}={name}" for name in own]:
            return one_line("gets", f"{entity.class_name}.key", function)
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
        (entity,) = only_one(meant)
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
        alias, returns = alias_of(function, f"tuple[{', '.join(answers)}]", "tuple", answers)
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
        keys = [key_on(entity, read.index) for entity in meant]
        asked = [asked_of(key, read.conditions) for key in keys]
        places = [by_position(*each) for each in zip(keys, asked, strict=True)]
        if any(each != places[0] for each in places):
            raise NotAsked("what it asks is in other places of the keys of its entities")
        self._check_order(read, meant, keys, asked)
        equals = self._equals(asked[0], first, function)
        calls = [*self._range(asked[0], first, function)]
        if read.requests > 1:
            function.notes.append(f"{read.requests} requests, each with an argument of its own")
        if not calls and len(meant) == 1 and not skipped and is_plain_query(read):
            partition = dict.fromkeys(p.field for each in keys[0].partition for p in each.parts)
            is_whole = view_of_read(read, first, function) is None
            own = [f"{first.fields[name]}={first.fields[name]}" for name in partition]
            if is_whole and equals == own:
                label = f"{first.class_name}.{first.keys[read.index]}"
                return one_line("queries", label, function)
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
            key_on(entity, read.index)
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
            calls += where_calls(read.filter.text, meant, function, named)
        if read.descending and kind == "Query":
            calls.append(("descending", ()))
        if read.items_in_all is not None:
            calls.append(("take", [str(read.items_in_all)]))
        view = view_of_read(read, meant[0], function) if len(meant) == 1 else None
        if read.view is not None and len(meant) > 1:
            function.notes.append("whole items are read, of several entities")
        if view is not None:
            calls.append(("only", [view.name]))
        answers = [view.name] if view else [each.class_name for each in meant]
        alias, returns = alias_of(function, " | ".join(answers), "Union", answers)
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
