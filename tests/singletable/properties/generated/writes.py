"""Random writes of a generated design, each with what must become of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from singletable import batch, clear, create, delete, put, transaction, update, upsert
from singletable.errors import InvalidOperation
from tests.singletable.properties.generated.designs import EntityPlan
from tests.singletable.properties.generated.kinds import OTHER_KINDS
from tests.singletable.properties.generated.oracle import (
    Identity,
    Oracle,
    Row,
    Values,
    identity_of,
    keep,
)
from tests.singletable.properties.generated.values import KEPT, Pool, complete_values

INT, LIST, SET = OTHER_KINDS[:3]


@dataclass
class Planned:
    """A write: refused by the error of this name, or each row becomes that of its identity.

    `failures` are the errors of the parts of a transaction; `count` is what a clearing answers.
    """

    shown: str
    operation: Any
    rows: dict[Identity, Row | None]
    error: str | None = None
    failures: dict[int, str] = field(default_factory=dict)

    has_answer: bool = True
    count: int | None = None

    @property
    def may_be_refused(self) -> bool:
        """Whether it is a clearing, whose query may meet other entities."""
        return self.count is not None

    @property
    def answer(self) -> Row | None:
        """What it answers; several writes answer nothing."""
        return next(iter(self.rows.values())) if self.has_answer else None


def written(shown: str, operation: Any, row: Row, error: str | None = None) -> Planned:
    """The plan of a write of one item."""
    return Planned(shown, operation, {row.identity: row}, error)


class Writes:
    """Draws writes of what is stored, and of what is not."""

    def __init__(
        self,
        pool: Pool,
        classes: dict[str, Any],
        oracle: Oracle,
        clock: Callable[[], datetime],
    ) -> None:
        self.pool, self.random = pool, pool.random
        self.classes, self.oracle, self.clock = classes, oracle, clock
        self.answers: dict[Identity, Any] = {}
        """The entities that writes have answered, as they are stored now."""

    def draw(self) -> Planned:
        """One write, or several as one."""
        together = self._together() if self.oracle.rows and self._chance(0.15) else None
        return together or self._single(self.random.choice(self.oracle.plans))

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _single(self, plan: EntityPlan) -> Planned:
        if len(self.oracle.rows) < 5 and self._chance(0.7):
            return self._create(plan)
        verbs = [self._create, self._update, self._update, self._patch, self._patch, self._delete]
        verbs += [self._delete_by_key, self._put, self._upsert, self._clear]
        found = None
        while found is None:
            found = self.random.choice(verbs)(plan)
        return found

    def _together(self) -> Planned | None:
        """A transaction, of which one refused write refuses all; or a batch."""
        writes: dict[Identity, Planned] = {}
        for _ in range(self.random.randint(2, 4)):
            single = self._single(self.random.choice(self.oracle.plans))
            if single.has_answer:  # a clearing is of many
                writes.setdefault(next(iter(single.rows)), single)
        has_uniques = [each for each in writes if self._plan_of(each).uniques]
        for identity in has_uniques[1:]:  # they may want one value, which is another question
            del writes[identity]
        if not writes:
            return None
        rows = {identity: each.rows[identity] for identity, each in writes.items()}
        shown = "\n    ".join(each.shown for each in writes.values())
        failures = {at: each.error for at, each in enumerate(writes.values()) if each.error}
        several = [each.operation for each in writes.values()]
        if not failures and self._chance(0.5):
            try:
                return Planned(f"batch:\n    {shown}", batch(*several), rows, has_answer=False)
            except InvalidOperation:
                pass
        error = "TransactionCancelled" if failures else None
        shown = f"transaction:\n    {shown}"
        return Planned(shown, transaction(*several), rows, error, failures, False)

    def _plan_of(self, identity: Identity) -> EntityPlan:
        return next(each for each in self.oracle.plans if each.name == identity[0])

    # verbs

    def _stamped(self, plan: EntityPlan, values: Values, **more: Any) -> Values:
        stamps = {"updated_at": self.clock(), **more}
        return {**values, **{name: each for name, each in stamps.items() if name in plan.fields}}

    def _create(self, plan: EntityPlan) -> Planned:
        given = self.pool.given(plan)
        whole = self._stamped(
            plan, complete_values(plan, given), version=1, created_at=self.clock()
        )
        error = "UniqueTaken" if self.oracle.is_taken(plan, whole) else None
        error = "ItemExists" if self.oracle.at(plan, whole) else error
        entity = self.classes[plan.name](**given)
        return written(f"create({entity!r})", create(entity), Row(plan, whole), error)

    def _put(self, plan: EntityPlan) -> Planned | None:
        if plan.uniques:
            return None
        given = self.pool.given(plan)
        whole = complete_values(plan, given)
        known = self.oracle.at(plan, whole)
        if known is not None and "version" in plan.fields and self._chance(0.8):
            given["version"] = whole["version"] = known.values["version"]
        stale = known is not None and known.values.get("version") != whole.get("version")
        version = whole.get("version", 0) + 1
        whole = self._stamped(plan, whole, version=version, created_at=self.clock())
        entity = self.classes[plan.name](**given)
        error = "VersionConflict" if stale else None
        return written(f"put({entity!r})", put(entity), Row(plan, whole), error)

    def _upsert(self, plan: EntityPlan) -> Planned | None:
        if plan.uniques or "version" in plan.fields:
            return None
        deciding = plan.deciding
        given = {
            name: value
            for name, value in self.pool.values(plan).items()
            if plan.fields[name].default is None or name in deciding or self._chance(0.7)
        }
        whole = complete_values(plan, given)
        known = self.oracle.at(plan, whole)
        created = self.clock()
        if known is not None:
            whole = {**known.values, **keep(plan, given)}
            created = known.values.get("created_at", created)
        whole = self._stamped(plan, whole, created_at=created)
        entity = self.classes[plan.name](**given)
        return written(f"upsert({entity!r})", upsert(entity), Row(plan, whole))

    def _update(self, plan: EntityPlan) -> Planned | None:
        row = self._some_row(plan)
        if row is None:
            return None
        changes = self._changes(plan)
        before = self.loaded(row)
        values = self._stamped(plan, {**row.values, **keep(plan, changes)})
        if "version" in values:
            values["version"] = row.values["version"] + 1
        error = "UniqueTaken" if self.oracle.is_taken(plan, values) else None
        if "version" in values and self._chance(0.1):
            before = before.model_copy(update={"version": row.values["version"] + 1})
            error = "VersionConflict"
        after = before.model_copy(update=changes)
        shown = f"update({before!r}, with {changes!r})"
        return written(shown, update(before, after), Row(plan, values), error)

    def _patch(self, plan: EntityPlan) -> Planned | None:
        row = self._some_row(plan) or Row(plan, complete_values(plan, self.pool.given(plan)))
        key = self.classes[plan.name].key
        identity = {name: row.values[name] for name in plan.identity}
        patch, values = key.patch(**identity), dict(row.values)
        shown = f"{plan.name}.key.patch({identity})"
        held = {*(name for names in plan.uniques for name in names if name)}
        held |= {"gone_at"} if held else set()
        changes = {name: each for name, each in self._changes(plan).items() if name not in held}
        for name, (verb, amount) in self._verbs(plan, changes).items():
            patch = patch.unset(name) if verb == "unset" else getattr(patch, verb)(**{name: amount})
            values[name] = _applied(verb, values[name], amount)
            shown += f".{verb}({name}={amount!r})"
        known = {name: row.values[name] for name in plan.deciding - set(changes)}
        known.pop("version", None)
        patch = patch.given(**known)
        patch, error = self._versioned(patch, row)
        values = self._stamped(plan, keep(plan, values))
        if "version" in values:
            values["version"] += 1
        error = error if row.identity in self.oracle.rows else "ItemMissing"
        return written(f"{shown}.given({known})", patch, Row(plan, values), error)

    def _versioned(self, patch: Any, row: Row) -> tuple[Any, str | None]:
        version = row.values.get("version")
        if version is None:
            return patch, None
        if self._chance(0.5):
            return patch.ignoring_version(), None
        if self._chance(0.2):
            return patch.at_version(version + 1), "VersionConflict"
        return patch.at_version(version), None

    def _verbs(self, plan: EntityPlan, changes: Values) -> dict[str, tuple[str, Any]]:
        """How each change is said."""
        verbs: dict[str, tuple[str, Any]] = {}
        deciding = plan.deciding
        for name, value in changes.items():
            kind = plan.fields[name].kind
            counted = {INT: "add", LIST: "append", SET: "add"}.get(kind)
            if value is None and self._chance(0.5):
                verbs[name] = ("unset", None)
            elif counted and name not in deciding and value and self._chance(0.5):
                verbs[name] = (counted, value)
            else:
                verbs[name] = ("set", value)
        return verbs

    def _delete(self, plan: EntityPlan) -> Planned | None:
        row = self._some_row(plan)
        if row is None:
            return None
        entity, error = self.loaded(row), None
        if "version" in plan.fields and self._chance(0.2):
            entity = entity.model_copy(update={"version": row.values["version"] + 1})
            error = "VersionConflict"
        operation = delete(entity, must_exist=self._chance(0.5))
        return Planned(f"delete({entity!r})", operation, {row.identity: None}, error)

    def _delete_by_key(self, plan: EntityPlan) -> Planned | None:
        if plan.uniques:
            return None
        values = complete_values(plan, self.pool.given(plan))
        must_exist = self._chance(0.5)
        identity = {name: values[name] for name in plan.identity}
        operation = self.classes[plan.name].key.delete(**identity, must_exist=must_exist)
        if "version" in plan.fields:
            operation = operation.ignoring_version()
        is_gone = must_exist and self.oracle.at(plan, values) is None
        error = "ItemMissing" if is_gone else None
        shown = f"{plan.name}.key.delete({identity}, must_exist={must_exist})"
        return Planned(shown, operation, {identity_of(plan, values): None}, error)

    def _clear(self, plan: EntityPlan) -> Planned | None:
        """Deletes what stands in a partition of some key; refused where others may be met."""
        row, key = self._some_row(plan), self.random.choice(plan.keys)
        if row is None or not row.is_in(key) or self._chance(0.5):
            return None
        query = getattr(self.classes[plan.name], key.name).query
        equal = {name: row.values[name] for name in key.partition_fields}
        wanted = row.partition(key)
        gone = [each for each in self.oracle.in_index(plan, key) if each.partition(key) == wanted]
        shown = f"clear({plan.name}.{key.name}.query({equal}))"
        rows = dict.fromkeys(each.identity for each in gone)
        return Planned(shown, clear(query(**equal)), rows, has_answer=False, count=len(rows))

    # what they go by

    def _some_row(self, plan: EntityPlan) -> Row | None:
        rows = self.oracle.of(plan)
        return self.random.choice(rows) if rows else None

    def loaded(self, row: Row) -> Any:
        """The stored entity, as it was answered, or built by hand."""
        answer = self.answers.get(row.identity)
        if answer is not None and self._chance(0.7):
            return answer
        return self.classes[row.plan.name](**row.values)

    def _changes(self, plan: EntityPlan) -> Values:
        """New values of some fields outside the primary key."""
        kept = {*plan.identity, *KEPT}
        names = [name for name in plan.fields if name not in kept]
        chosen = self.random.sample(names, self.random.randint(0, min(2, len(names))))
        return {name: self.pool.value(plan, name) for name in chosen}


def _applied(verb: str, old: Any, amount: Any) -> Any:
    if verb == "add":
        return old | amount if isinstance(amount, set) else old + amount
    return old + amount if verb == "append" else amount
