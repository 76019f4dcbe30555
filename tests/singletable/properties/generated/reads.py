"""Random reads of a generated design, each with the rows that it must answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from singletable import collection
from tests.singletable.properties.generated.designs import EntityPlan, KeyPlan
from tests.singletable.properties.generated.oracle import Oracle, Place, Row, Values, side_of
from tests.singletable.properties.generated.values import Pool
from tests.singletable.properties.generated.variations import Asked, answered

WHY = "to compare with all that was written"
Member = tuple[EntityPlan, KeyPlan]


@dataclass
class ByKey:
    """A read of items by their primary keys, and its one answer."""

    shown: str
    operation: Callable[[], Any]
    answer: Any


class Reads:
    """Draws reads of everything that the design allows."""

    def __init__(self, pool: Pool, classes: dict[str, Any], oracle: Oracle) -> None:
        self.pool, self.random = pool, pool.random
        self.classes, self.oracle = classes, oracle

    def every(self) -> Iterator[Asked | ByKey]:
        """Each item by its own key, and for each key all of its partitions, and all of those that
        begin with one value of its sort key."""
        for plan in self.oracle.plans:
            if self.oracle.of(plan):
                yield self._each(plan)
            for key in plan.keys:
                partitions = {row.partition(key): row for row in self.oracle.in_index(plan, key)}
                for row in partitions.values():
                    yield self._query(plan, key, row.values, 0)
                if len(key.sort_fields) > 1:
                    for row in self._beginnings(plan, key):
                        yield self._query(plan, key, row.values, 1)

    def _beginnings(self, plan: EntityPlan, key: KeyPlan) -> list[Row]:
        """A row of each partition and first value of the sort key."""
        rows = self.oracle.in_index(plan, key)
        first = key.sort_fields[0]
        return list({(row.partition(key), row.values[first]): row for row in rows}.values())

    def draw(self) -> Asked | ByKey:
        """One read."""
        plan = self.random.choice(self.oracle.plans)
        key = self.random.choice(plan.keys)
        manner = self.random.choices(["query", "scan", "get", "union"], [6, 1, 1, 2])[0]
        if manner == "get":
            return self._get(plan)
        if manner == "query":
            return self._some_query(plan, key)
        if manner == "union":
            return self._some_collection(plan, key)
        return self._some_scan(plan, key)

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    # by the primary key

    def _values(self, plan: EntityPlan, names: list[str]) -> Values:
        """Values of these fields: of a stored item, or any."""
        rows = self.oracle.of(plan)
        if rows and self._chance(0.85):
            row = self.random.choice(rows)
            if None not in [row.values[name] for name in names]:
                return {name: row.values[name] for name in names}
        return {name: self._any(plan, name) for name in names}

    def _any(self, plan: EntityPlan, name: str) -> Any:
        return self.pool.pick(plan.fields[name].kind)

    def _at(self, plan: EntityPlan, values: Values) -> Row | None:
        return self.oracle.at(plan, {**dict.fromkeys(plan.fields), **_kept(plan, values)})

    def _get(self, plan: EntityPlan) -> ByKey:
        values, is_view = self._values(plan, plan.identity), self._chance(0.4)
        is_consistent, row = self._chance(0.3), self._at(plan, values)
        key, view = self.classes[plan.name].key, self.classes[f"{plan.name}View"]

        def operation() -> Any:
            found = key.get(**values)
            found = found.only(view) if is_view else found
            return found.consistent() if is_consistent else found

        answer = None if row is None else answered(row, plan.seen if is_view else None)
        return ByKey(f"{plan.name}.key.get({values}) view={is_view}", operation, answer)

    def _each(self, plan: EntityPlan) -> ByKey:
        """All items of an entity and some that are not there, one of them twice."""
        rows = self.oracle.of(plan)
        wanted = [{name: row.values[name] for name in plan.identity} for row in rows]
        wanted += [{name: self._any(plan, name) for name in plan.identity}, wanted[0]]
        self.random.shuffle(wanted)
        known = [self._at(plan, each) for each in wanted]
        columns = {name: [each[name] for each in wanted] for name in plan.identity}
        key = self.classes[plan.name].key
        answer = [None if row is None else answered(row, None) for row in known]
        shown = f"{plan.name}.key.get_each({columns})"
        return ByKey(shown, lambda: key.get_each(**columns), answer)

    # by any key

    def _some_query(self, plan: EntityPlan, key: KeyPlan) -> Asked:
        names = [*key.partition_fields, *key.sort_fields]
        given = self.random.randint(0, len(key.sort_fields))
        asked = self._query(plan, key, self._values(plan, names), given)
        self._vary(asked, plan, asked.free if self._chance(0.5) else [])
        return asked

    def _query(self, plan: EntityPlan, key: KeyPlan, values: Values, given: int) -> Asked:
        names = list(dict.fromkeys([*key.partition_fields, *key.sort_fields[:given]]))
        equal = {name: values[name] for name in names}
        kept = _kept(plan, equal)
        rows = [
            row
            for row in self.oracle.in_index(plan, key)
            if all(row.values[name] == each for name, each in kept.items())
        ]
        asked = Asked(self.pool, key.index, rows, lambda row: row.sort(key))
        asked.free = [name for name in key.sort_fields if name not in equal]
        start = getattr(self.classes[plan.name], key.name)
        asked.add(f"{plan.name}.{key.name}.query({equal})", lambda _: start.query(**equal))
        others = [each for each in self.oracle.plans if each is not plan]
        if others and self._chance(0.5):
            models = [self.classes[each.name] for each in others]
            shown = ", ".join(each.name for each in others)
            asked.add(f".skipping({shown})", lambda read: read.skipping(*models))
        return asked

    def _vary(self, asked: Asked, plan: EntityPlan, free: list[str]) -> None:
        if free:
            name = free[0]
            asked.within(plan.fields[name].kind, name, lambda row: row.values[name])
        asked.order()
        asked.filter(plan)
        asked.project(plan, self.classes[f"{plan.name}View"])
        asked.limit()

    def _some_scan(self, plan: EntityPlan, key: KeyPlan) -> Asked:
        rows = self.oracle.in_index(plan, key)
        asked = Asked(self.pool, key.index, rows, lambda _: ())
        start = getattr(self.classes[plan.name], key.name)
        asked.add(f"{plan.name}.{key.name}.scan()", lambda _: start.scan(because=WHY))
        self._segmented(asked)
        asked.filter(plan)
        if self._chance(0.4):
            view = self.classes[f"{plan.name}View"]
            asked.seen = plan.seen
            asked.add(f".only({plan.name}View)", lambda read: read.only(view))
        asked.limit()
        return asked

    def _segmented(self, asked: Asked) -> None:
        if self._chance(0.4):
            asked.add(".segments(3)", lambda read: read.segments(3))

    # of several entities

    def _some_collection(self, plan: EntityPlan, key: KeyPlan) -> Asked:
        members = [(plan, key)]
        for other in self.oracle.plans:
            found = next((each for each in other.keys if each.index is key.index), None)
            if other is not plan and found is not None and len(members) < 3:
                members.append((other, found))
        if len(members) < 2:
            return self._some_query(plan, key)
        if self._chance(0.15):
            return self._collection_scan(members)
        values = self._values(plan, [*key.partition_fields, *key.sort_fields])
        return self._collection(members, values, self.random.choice([0, 0, 1]))

    def _start(self, members: list[Member]) -> tuple[str, Any]:
        keys = [getattr(self.classes[plan.name], key.name) for plan, key in members]
        shown = ", ".join(f"{plan.name}.{key.name}" for plan, key in members)
        return f"collection({shown})", lambda: collection(*keys)

    def _collection(self, members: list[Member], values: Values, given: int) -> Asked:
        (plan, key), index = members[0], members[0][1].index
        given = min(given, len(key.sort_fields))
        if set(key.sort_fields[:given]) & set(key.partition_fields):
            given = 0
        names = list(dict.fromkeys([*key.partition_fields, *key.sort_fields[:given]]))
        equal = {name: values[name] for name in names}
        whole = {**dict.fromkeys(plan.fields), **_kept(plan, equal)}
        partition = side_of(plan, index, "partition", key, whole)
        wanted = [whole[name] for name in key.sort_fields[:given]]
        rows = [
            row
            for member, own in members
            for row in self.oracle.in_index(member, own)
            if row.partition(own) == partition
            and [row.values[name] for name in own.sort_fields[:given]] == wanted
        ]
        keys = {member.name: own for member, own in members}
        place: Callable[[Row], Place] = lambda row: row.sort(keys[row.plan.name])  # noqa: E731
        asked = Asked(self.pool, index, rows, place)
        shown, start = self._start(members)
        asked.add(f"{shown}.query({equal})", lambda _: start().query(**equal))
        free = [name for name in key.sort_fields if name not in equal]
        if free and self._chance(0.3):
            at = key.sort_fields.index(free[0])
            ranged = [
                member.fields[name].kind
                for member, own in members
                for name in own.sort_fields[at : at + 1]
            ]
            if ranged == [ranged[0]] * len(members):
                asked.within(
                    ranged[0],
                    free[0],
                    lambda row: row.values[keys[row.plan.name].sort_fields[at]],
                )
        asked.order()
        asked.limit()
        return asked

    def _collection_scan(self, members: list[Member]) -> Asked:
        rows = [row for plan, key in members for row in self.oracle.in_index(plan, key)]
        asked = Asked(self.pool, members[0][1].index, rows, lambda _: ())
        shown, start = self._start(members)
        asked.add(f"{shown}.scan()", lambda _: start().scan(because=WHY))
        self._segmented(asked)
        asked.limit()
        return asked


def _kept(plan: EntityPlan, values: Values) -> Values:
    return {name: plan.fields[name].kind.kept(each) for name, each in values.items()}
