"""Every access pattern: at a glance, and each in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import indent

from singletable.design.ir import Action, Design, Example, JsonObject, Operation, Pattern, Read
from singletable.emit.data_text import shown_json
from singletable.emit.docs.markdown import block, bullets, code, codes, fold, link, table
from singletable.emit.docs.words import (
    change_words,
    condition_words,
    cost_words,
    item_words,
    limit_words,
    operation_words,
    order_words,
    refusal_words,
    requests_words,
    view_words,
)

_READABLE = 100
_FEW = 3


def overview_section(design: Design, units: Mapping[str, str]) -> Iterator[str]:
    """A table of the patterns of each module; columns that would say nothing are left out.

    `units`: what a call of each pattern costs, of those of which it is known.
    """
    for group in design.groups:
        yield f"### {group.name}"
        yield group.description
        yield table(
            ("Pattern", "Question", "Operation", "Table", "Index", "Units", "Asked by"),
            [
                _overview(design, each, units.get(each.name, ""))
                for each in design.patterns
                if each.group == group.name
            ],
        )


def _overview(design: Design, pattern: Pattern, units: str) -> tuple[str, ...]:
    return (
        link(pattern.name),
        pattern.question,
        operation_words(pattern.operation),
        _tables(design, pattern.operation),
        code(pattern.operation.index),
        units,
        _callers(pattern.callers),
    )


def _tables(design: Design, operation: Operation) -> str:
    """The tables, where there is more than one to tell apart."""
    return codes(operation.tables) if len(design.tables) > 1 else ""


def _callers(callers: tuple[str, ...] | None) -> str:
    if callers is None:
        return ""
    first, more = callers[:_FEW], callers[_FEW:]
    return codes(first, "; ") + (f"; and {len(more)} more" if more else "") or "—"


def pattern_section(design: Design) -> Iterator[str]:
    """The blocks of every pattern in full."""
    for pattern in design.patterns:
        yield f"### {pattern.name}"
        yield pattern.description
        yield bullets(_facts(design, pattern))
        yield from _parts(pattern.operation)
        if pattern.example is not None:
            yield from _example(pattern, pattern.example)


def _facts(design: Design, pattern: Pattern) -> Iterator[tuple[str, str]]:
    operation = pattern.operation
    yield "Arguments", codes(f"{each.name}: {each.type}" for each in pattern.parameters)
    yield "Operation", _operation(operation)
    yield "Table", _tables(design, operation)
    if operation.reads and operation.writes:
        yield from _cleared(operation.reads[0], operation.writes)
    elif len(operation.reads) == 1:
        yield from _read(operation.reads[0])
    elif len(operation.writes) == 1:
        yield from _write(operation.writes[0])
    yield "Returns", code(pattern.returns)
    yield "Asked by", codes(pattern.callers or (), "; ")


def _operation(operation: Operation) -> str:
    reads, writes = operation.reads, operation.writes
    if len(reads) == 1:
        return f"{operation_words(operation)} on {_source(reads[0])}"
    if operation.kind == "Batch":
        return "Batch, 25 writes a request"
    most = "up to " if any(each.conditional for each in writes) else ""
    parts = len(reads) or len(writes)
    of_parts = f" of {most}{parts} {'reads' if reads else 'actions'}" if parts > 1 else ""
    return f"{operation_words(operation)}{of_parts}"


def _source(read: Read) -> str:
    """The index that is read, and the keys."""
    by = f", by {codes(read.keys)}" if read.keys else ""
    return f"{code(read.index)}{by}" + (", read consistently" if read.consistent else "")


def _read(read: Read) -> Iterator[tuple[str, str]]:
    label = "Search condition" if read.distance else "Key condition"
    yield label, codes(condition_words(read.conditions), " and ")
    by, order = codes(read.ordered_by, ", then "), order_words(read)
    yield "Order", f"{order}, by {by}" if by else order
    yield "Filter", code(read.filter.text if read.filter else "")
    yield "Requests", requests_words(read)
    yield "Limits", "; ".join(limit_words(read))
    yield "View", code(view_words(read.view)) if read.view else ""
    yield "Because", " ".join((read.because or "").split())
    yield "Cost", "; ".join(cost_words(read))


def _cleared(read: Read, deletions: Sequence[Action]) -> Iterator[tuple[str, str]]:
    """What is read, and the items that are deleted of it."""
    yield from (fact for fact in _read(read) if fact[0] != "Order")
    items = [
        f"{item_words(each)} {codes(condition_words(each.key), ' and ')}" for each in deletions
    ]
    yield "Deletes", "; ".join(items)


def _write(action: Action) -> Iterator[tuple[str, str]]:
    yield "Item", codes(condition_words(action.key), " and ")
    yield "Changes", _changes(action)
    yield "Condition", code(action.condition.text if action.condition else "")
    yield "Refused with", ", ".join(refusal_words(action))


def _changes(action: Action) -> str:
    text = action.update.text if action.update else ""
    if action.changes and len(text) > _READABLE:
        changes = codes(map(change_words, action.changes))
        return f"{changes}, where they differ, and the index keys made of them"
    return code(text)


def _parts(operation: Operation) -> Iterator[str]:
    """The actions of a transaction, numbered as in its refusals; the reads of a snapshot."""
    parts = [(f"{each.verb} {item_words(each)}", _write(each)) for each in operation.writes]
    parts = parts or [(f"Read {_source(each)}", _read(each)) for each in operation.reads]
    if len(parts) > 1 and not (operation.reads and operation.writes):
        yield "\n".join(
            line
            for number, (heading, facts) in enumerate(parts, start=1)
            for line in (f"{number}. **{heading}**", indent(bullets(facts), "   "))
        )


def _example(pattern: Pattern, example: Example) -> Iterator[str]:
    first, *others = example.requests
    part = "segment" if first.operation == "Scan" else "shard"
    more = f", and the same for each other {part}" if others else ""
    yield f"{code(first.operation)}{_arguments(pattern, example)}{more}:"
    yield fold("The request", block(shown_json(first.parameters), "json"))


def _arguments(pattern: Pattern, example: Example) -> str:
    texts = list[str]()
    shown = dict[str, tuple[str, JsonObject]]()
    for parameter in pattern.parameters:
        value = example.arguments[parameter.name]
        if parameter.entity is None:
            texts.append(code(f"{parameter.name} = {_plain(value)}"))
            continue
        if parameter.is_several:
            texts.append(f"{code(parameter.name)} = examples of {link(parameter.entity)}")
            continue
        texts.append(_entity(parameter.name, parameter.entity, value, shown))
        shown.setdefault(parameter.entity, (parameter.name, value))
    return f" with {', '.join(texts)}" if texts else ""


def _entity(
    name: str, entity: str, value: JsonObject, shown: dict[str, tuple[str, JsonObject]]
) -> str:
    """The example of the entities' section; another of the same entity by what differs."""
    if entity not in shown:
        return f"{code(name)} = the example {link(entity)}"
    other, known = shown[entity]
    changed = [
        f"{field} = {_plain(value[field])}" for field in value if value[field] != known[field]
    ]
    difference = f" but {codes(changed)}" if changed else ""
    return f"{code(name)} = {code(other)}{difference}"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else " ".join(shown_json(value).split())
