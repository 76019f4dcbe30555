"""The whole module: declarations in order, and what of the design is not declared, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from singletable.design import ir
from singletable.emit.module.candidates import candidates, table_like
from singletable.emit.module.conditions import NotAsked
from singletable.emit.module.entities import (
    EntityNames,
    TableNames,
    class_lines,
    name_entity,
    with_fields,
)
from singletable.emit.module.figures import acceptance_lines, volume_lines
from singletable.emit.module.filters import parse_filter, tests_of
from singletable.emit.module.layout import comment, plain
from singletable.emit.module.names import IMPORTS, Names, pascal_case, snake_case
from singletable.emit.module.page import import_lines, module_text
from singletable.emit.module.patterns import PatternWriter, Written
from singletable.emit.module.tables import index_lines, table_lines

Evidence = Mapping[tuple[str, str], Sequence[str]]
"""Remarks by entity and key attribute; of the whole entity by ''."""


@dataclass(frozen=True)
class Refusal:
    """Why a declaration does not import; `met`: an entity whose items a query would meet."""

    why: str
    met: str | None = None


Try = Callable[[str], Refusal | None]
"""Runs source in the module; None where nothing refuses it."""


@dataclass
class Module:
    """The source; the patterns and entities of the design by their names in it; what is otherwise
    than in the design, or not declared."""

    text: str = ""
    entities: dict[str, str] = field(default_factory=dict[str, str])
    patterns: dict[str, str] = field(default_factory=dict[str, str])
    left_out: dict[str, str] = field(default_factory=dict[str, str])
    notes: list[str] = field(default_factory=list[str])


def draft_module(
    design: ir.Design,
    run: Try,
    *,
    name: str,
    summary: str,
    evidence: Evidence | None = None,
    untagged: bool = False,
) -> Module:
    """Declares what of a design can be; each declaration is tried when it is written.

    `name`: that of the module; `summary`: its docstring. `untagged`: items without a type are known
    by their key.
    """
    draft = _Draft(design, run, name, evidence or {}, untagged)
    draft.write()
    module = draft.module
    module.text = module_text(summary, draft.blocks)
    return module


class _Draft:
    def __init__(
        self, design: ir.Design, run: Try, name: str, evidence: Evidence, untagged: bool
    ) -> None:
        self._design, self._run, self._evidence = design, run, evidence
        self._name = name
        self._untagged = untagged
        self._names = Names()
        self._entities, self._updated = dict[str, EntityNames](), set[str]()
        self.module, self.blocks = Module(), list[str]()

    def write(self) -> None:
        for line in import_lines(IMPORTS):
            self._run(line)
        tables = {each.name: self._table(each) for each in self._design.tables}
        classes = {
            each.name: self._names.give(pascal_case(each.name, "Entity"))
            for each in self._design.entities
        }
        named = self._named_elsewhere()
        for entity in self._design.entities:
            table = self._design.table(entity.table)
            whole = with_fields(entity, table, named.get(entity.name, ()))
            self._entity(whole, table, classes[entity.name], tables[table.name])
        functions = {
            each.name: self._names.give(snake_case(each.name, "pattern"))
            for each in self._design.patterns
        }
        writer = PatternWriter(self._entities)
        for pattern in self._design.patterns:
            self._pattern(pattern, functions[pattern.name], writer)
        patterns = self.module.patterns
        figures = [*volume_lines(self._design, self._entities, patterns)]
        accepted = [*acceptance_lines(self._design, tables, self._entities, patterns, self._name)]
        for lines in (figures, accepted):
            if lines:
                self._run("\n".join(lines))
                self.blocks.append("\n".join(lines))

    # Tables

    def _table(self, table: ir.Table) -> TableNames:
        names = TableNames(
            self._names.give(snake_case(table.name, "table")),
            {},
        )
        indexes = dict[str, str]()
        lines = table_lines(table, names.table, untagged=self._untagged)
        refusal = self._run("\n".join(lines))
        if refusal is not None:
            other = table_like(table)
            again = table_lines(other, names.table, untagged=self._untagged)
            if self._run("\n".join(again)) is not None:
                self._leave_out("table", table.name, refusal.why, lines)
                return names
            told = f"declared as {other.name}, with the delimiter {other.delimiter}"
            self._note(f"table {table.name}: {told}: {refusal.why}")
            lines = [comment(f"TODO: {told}: {refusal.why}"), *again]
        for index in table.indexes[1:]:
            name = self._names.give(snake_case(index.name, "index"))
            own = index_lines(index, name, names.table)
            refusal = self._run("\n".join(own))
            if refusal is None:
                lines += own
                indexes[index.name] = name
            else:
                lines += self._left_out("index", index.name, refusal.why, own)
        self.blocks.append("\n".join(lines))
        return TableNames(names.table, {ir.PRIMARY: f"{names.table}.primary", **indexes})

    # Entities

    def _named_elsewhere(self) -> dict[str, list[str]]:
        """Fields that an identity, a view, a filter or an update names, by entity."""
        found = dict[str, list[str]]()
        for entity in self._design.entities:
            found[entity.name] = list(entity.identity or ())
            table = self._design.table(entity.table)
            held = {key.index for key in entity.keys}
            for index in table.indexes:
                found[entity.name] += index.projection.names if index.name in held else ()
        for pattern in self._design.patterns:
            operation = pattern.operation
            named = [each.field for action in operation.writes for each in action.changes]
            for read in operation.reads:
                named += read.view.attributes if read.view else ()
                named += _filtered(read.filter)
            for name in operation.entities if len(operation.entities) == 1 else ():
                found.setdefault(name, []).extend(named)
        return found

    def _entity(
        self, entity: ir.Entity, table: ir.Table, class_name: str, tables: TableNames
    ) -> None:
        why = self._cannot_be(entity, tables)
        if why:
            self._leave_out("entity", entity.name, why, ())
            return
        lost = [each.index for each in entity.keys if each.index not in tables.indexes]
        if lost:
            kept = tuple(each for each in entity.keys if each.index not in lost)
            entity = replace(entity, keys=kept)
            self._note(f"entity {entity.name}: declared without keys on {', '.join(lost)}")
        for name in entity.unindexed:
            self._note(f"entity {entity.name}: {name} is of no index, and not declared")
        own = {
            attribute: lines
            for (name, attribute), lines in self._evidence.items()
            if name == entity.name
        }
        refusal, first = None, list[str]()
        for without, candidate in candidates(entity):
            named = name_entity(candidate, table, class_name, self._names)
            lines = [*class_lines(named, tables, own)]
            found = self._run("\n".join(lines))
            refusal, first = refusal or found, first or lines
            if found is None:
                why = f"without {without}: {refusal.why}" if refusal else ""
                self._declared_entity(named, lines, why)
                return
        self._leave_out("entity", entity.name, refusal.why if refusal else "", first)

    def _cannot_be(self, entity: ir.Entity, tables: TableNames) -> str:
        if not tables.indexes:
            return "its table is not declared"
        if not entity.keys:
            return "nothing says its keys"
        return ""

    def _declared_entity(self, named: EntityNames, lines: Sequence[str], without: str) -> None:
        """Adds a class; `without` says what it lacks, and why."""
        entity = named.entity
        self._entities[entity.name] = named
        self.module.entities[entity.name] = named.class_name
        for known in named.types.values():
            if known.note:
                self._note(f"entity {entity.name}: {known.note}")
        if named.no_fields:
            why = f"{', '.join(named.no_fields)} is no field"
            self._note(f"entity {entity.name}: its identity is not declared: {why}")
        if without:
            self._note(f"entity {entity.name}: declared {without}")
        remarks = [comment(f"TODO: declared {without}")] if without else []
        self.blocks.append("\n".join([*remarks, *lines]))

    # Patterns

    def _pattern(self, pattern: ir.Pattern, name: str, writer: PatternWriter) -> None:
        absent = [each for each in pattern.operation.entities if each not in self._entities]
        skipped, lines = list[str](), tuple[str, ...]()
        try:
            if absent:
                raise NotAsked(f"{', '.join(absent)} is not declared")
            written = writer.write(pattern, name, ())
            while (refusal := self._run("\n".join(lines := written.lines))) is not None:
                written = self._again(pattern, name, writer, skipped, refusal)
        except NotAsked as error:
            self._leave_out("pattern", pattern.name, str(error), lines)
            return
        notes = list(written.notes)
        if skipped:
            notes.append(f"it meets {', '.join(skipped)}, and leaves them out")
        self.module.patterns[pattern.name] = name
        for each in notes:
            self._note(f"pattern {pattern.name}: {each}")
        remarks = [comment(each) for each in notes]
        self.blocks.append("\n".join([*remarks, *written.lines]))

    def _again(
        self,
        pattern: ir.Pattern,
        name: str,
        writer: PatternWriter,
        skipped: list[str],
        refusal: Refusal,
    ) -> Written:
        """A pattern that was refused, otherwise: without the items that it meets, or as an update
        of a whole entity."""
        met = self.module.entities.get(refusal.met or "")
        if met is not None and met not in skipped:
            skipped.append(met)
            return writer.write(pattern, name, skipped)
        if pattern.operation.kind == "UpdateItem" and pattern.name not in self._updated:
            self._updated.add(pattern.name)
            return writer.write(pattern, name, (), is_whole=True)
        raise NotAsked(refusal.why)

    # What is not declared

    def _note(self, text: str) -> None:
        self.module.notes.append(plain(text))

    def _leave_out(self, kind: str, name: str, why: str, lines: Iterable[str]) -> None:
        self.blocks.append("\n".join(self._left_out(kind, name, why, lines)))

    def _left_out(self, kind: str, name: str, why: str, lines: Iterable[str]) -> list[str]:
        self.module.left_out[f"{kind} {name}"] = plain(why)
        self._note(f"not declared: {kind} {name}: {why}")
        source = [line for text in lines for line in text.split("\n")]
        shown = [f"# {line}".rstrip() for line in source]
        return [comment(f"TODO: {kind} {name} is not declared: {why}"), *shown]


def _filtered(filter_: ir.Expression | None) -> list[str]:
    try:
        return (
            [] if filter_ is None else [t.attribute for t in tests_of(parse_filter(filter_.text))]
        )
    except ValueError:
        return []
