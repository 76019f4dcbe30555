"""What a write does, in words: its actions, their conditions, its refusals. Sends nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from singletable.catalogue.kinds import is_update, writes_of
from singletable.catalogue.readable import SYMBOLIC, expression, value_text
from singletable.catalogue.reading import equalities
from singletable.errors.request import VersionConflict
from singletable.operations import Write
from singletable.operations.writes.action import Action
from singletable.operations.writes.delete import Delete
from singletable.schema import Schema

_ASSIGNMENT = re.compile(r"(#n\d+) = (:v\d+)")


@dataclass(frozen=True)
class Writing:
    """One action on one item. `verb` is the write's, or the action's kind for a sentinel.

    `changeable`: the fields that an update writes where they differ, with the values that the
    pattern itself gives them.
    """

    verb: str
    item: str
    key: tuple[str, ...]
    changes: str
    changeable: tuple[str, ...]
    condition: str
    refusals: tuple[str, ...]


def writings_of(operation: object) -> tuple[Writing, ...]:
    """Every action, those of sentinels after their owner's."""
    return tuple(each for write in writes_of(operation) for each in _writings(write))


def _writings(write: Write[Any]) -> Iterator[Writing]:
    own, *sentinels = write.actions(SYMBOLIC)
    verb = type(write).__name__
    if isinstance(write, Delete) and write.guard.presence == "present":
        verb = "Remove"
    yield replace(
        _writing(verb, write.schema.name, own, tuple(_refusals(write, own))),
        changeable=_changeable(write, own),
    )
    for action in sentinels:
        label = _sentinel_label(write.schema, action)
        when = ", if that changes" if is_update(write) else ""
        refusals = (f"`UniqueTaken`: {label}",) if action.kind == "Put" else ()
        yield _writing(action.kind, f"sentinel of {label}{when}", action, refusals)


def _writing(verb: str, item: str, action: Action, refusals: tuple[str, ...]) -> Writing:
    return Writing(
        verb=verb,
        item=item,
        key=equalities(action.key),
        changes=expression(action.parameters, "UpdateExpression"),
        changeable=(),
        condition=expression(action.parameters, "ConditionExpression"),
        refusals=refusals,
    )


def _changeable(write: Write[Any], own: Action) -> tuple[str, ...]:
    if not is_update(write):
        return ()
    before, after = write.schema.values(write.before), write.schema.values(write.after)
    fixed = {*write.schema.primary.fields, *write.schema.roles.values()}
    changed = [f for f in before if f not in fixed and before[f] is not after[f]]
    assigned = _assigned(own)
    stored = write.schema.attributes
    return tuple(_change(field, assigned.get(stored[field].stored)) for field in changed)


def _assigned(action: Action) -> dict[str, str]:
    """Stored name to shown value, of what an update expression sets."""
    names = action.parameters.get("ExpressionAttributeNames", {})
    values = action.parameters.get("ExpressionAttributeValues", {})
    pairs = _ASSIGNMENT.findall(action.parameters.get("UpdateExpression", ""))
    return {names[name]: value_text(values[value]) for name, value in pairs}


def _change(field: str, value: str | None) -> str:
    """The field alone where its value is the new entity's own."""
    if value is None:
        return f"{field} removed"
    own = value.startswith("{") and value.endswith(f".{field}}}")
    return field if own else f"{field} = {value}"


def _refusals(write: Write[Any], own: Action) -> Iterator[str]:
    presence = write.guard.presence
    if presence == "present":
        yield "`ItemMissing`"
    if presence == "absent":
        yield "`ItemExists`"
    elif _relies_on_what_was_read(write, own):
        yield "`VersionConflict`"
    if write.guard.condition is not None:
        words = "; or ".join(write.guard.otherwise)
        yield f"`ConditionFailed`: {words}" if words else "`ConditionFailed`"


def _relies_on_what_was_read(write: Write[Any], own: Action) -> bool:
    """Also updates of unversioned entities: of the fields that rewritten keys are made of."""
    if is_update(write):
        return write.schema.version is not None or bool(write.schema.secondary)
    guarded = "ConditionExpression" in own.parameters
    return guarded and isinstance(own.refusal({"": {}}), VersionConflict)


def _sentinel_label(schema: Schema[Any], action: Action) -> str:
    """`Member.email`: the constraint whose key template made the sentinel's key."""
    partition = action.key[schema.table.primary.index.partition.name]["S"]
    labels: Sequence[str] = [
        unique.label for unique in schema.uniques if partition.startswith(unique.template.literal)
    ]
    return max(labels, key=len, default=schema.name)
