"""What an operation does, in words: conditions, order, limits, refusals. Knows no Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from singletable.design.ir import (
    PRIMARY,
    Action,
    Change,
    KeyCondition,
    Operation,
    Read,
    View,
)
from singletable.design.wire_text import operand_text

_OPERATORS = {"begins_with": "begins with"}


def condition_words(conditions: Iterable[KeyCondition]) -> tuple[str, ...]:
    """`PK = POST#1`, `SK begins with LOAN#`, `SK between A and B` for each condition."""
    return tuple(map(_condition, conditions))


def _condition(condition: KeyCondition) -> str:
    operands = map(operand_text, condition.operands)
    if condition.operator == "BETWEEN":
        return f"{condition.attribute} between {' and '.join(operands)}"
    operator = _OPERATORS.get(condition.operator, condition.operator)
    return f"{condition.attribute} {operator} {next(operands)}"


def order_words(read: Read) -> str:
    """`newest first`, `ascending`, `nearest first, by cosine`; empty for one item."""
    if read.distance is not None:
        return f"nearest first, by {read.distance.replace('_', ' ')}"
    if not read.ordered_by:
        by_key = "by sort key" if len(read.keys) > 1 else ""
        return "by sort key, descending" if by_key and read.descending else by_key
    if read.chronological:
        return "newest first" if read.descending else "oldest first"
    return "descending" if read.descending else "ascending"


def limit_words(read: Read) -> Iterator[str]:
    """The limits of a read; of a query that leaves out expired items the filter says so."""
    if read.excludes_expired and read.filter is None:
        yield "expired items are left out"
    if read.tolerates_unreadable:
        yield "unreadable items are left out and reported"
    limits = (
        (read.items_in_all, "at most {} in all", "item"),
        (read.items_per_request, "at most {} read by each request", "item"),
        (read.requests_at_most, "at most {} a page", "request"),
    )
    for number, text, noun in limits:
        if number is not None:
            yield text.format(f"{number} {noun}{'' if number == 1 else 's'}")


def requests_words(read: Read) -> str:
    """The requests of one page, where there are several side by side."""
    if read.requests == 1:
        return ""
    return f"{read.requests}, one a {'segment' if read.is_scan else 'shard'}" + (
        ", in no stated order" if read.is_scan else ", merged"
    )


def view_words(view: View) -> str:
    """`Due: paper, due`: a view and its fields."""
    return f"{view.name}: {', '.join(view.fields)}"


def cost_words(read: Read) -> Iterator[str]:
    """What a scan, a search, a view or a hydrated query costs; of other reads it is known."""
    place = "the whole item" if read.index == PRIMARY else f"what {read.index} holds of an item"
    if read.distance is not None:
        yield "pays for the bytes of the vectors that are compared, 1 KB or more; no read units"
    if read.is_scan:
        what = "table" if read.index == PRIMARY else "index"
        yield f"reads all of the {what}, and pays for all of it"
    elif read.hydration is not None:
        how = "consistent read" if read.hydration.consistent else "read"
        yield f"one {how} of the table more for each item, by BatchGetItem"
    elif read.view is not None and read.distance is None:
        yield f"read units go by {place}"
    if read.view is not None and read.view.attributes:
        yield f"{len(read.view.attributes)} of its attributes are transferred"


def operation_words(operation: Operation) -> str:
    """The kind of an operation, as a reader knows it."""
    kind = operation.kind
    if kind == "First":
        is_scan = any(each.is_scan for each in operation.reads)
        kind = f"{'Scan' if is_scan else 'Query'}, first item"
    return f"{kind}, hydrated" if any(read.hydration for read in operation.reads) else kind


def item_words(action: Action) -> str:
    """The entity whose item is written, or the constraint whose unique item is."""
    if action.unique is None:
        return action.entity
    when = ", if that changes" if action.conditional else ""
    return f"unique item of {action.unique}{when}"


def change_words(change: Change) -> str:
    """A changed field, with its value where it is not the new entity's own."""
    if change.kind == "removed":
        return f"{change.field} removed"
    return f"{change.field} = {change.value}" if change.kind == "set" else change.field


def refusal_words(action: Action) -> list[str]:
    """Each error class once, with what it means here."""
    meanings = dict[str, list[str]]()
    for refusal in action.refusals:
        meaning = refusal.message or (action.unique if refusal.error == "UniqueTaken" else None)
        meanings.setdefault(refusal.error, []).extend([meaning] if meaning else [])
    return [
        f"`{error}`: {'; or '.join(texts)}" if texts else f"`{error}`"
        for error, texts in meanings.items()
    ]
