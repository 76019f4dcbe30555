"""What a read of a generated design is asked beside its key: ranges, filters, order, limits."""

from __future__ import annotations

from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Any

from singletable import attr
from tests.singletable.properties.generated.designs import EntityPlan, IndexPlan
from tests.singletable.properties.generated.kinds import NOON, Kind
from tests.singletable.properties.generated.oracle import Expected, Place, Row, Values
from tests.singletable.properties.generated.values import Pool

Test = Callable[[Any], bool]
LOWER = {"at_least": ge, "after": gt}
UPPER = {"at_most": le, "before": lt}
NOW = NOON
"""The moment of every read of a case: what expires then has expired."""


class Asked:
    """A read as it is put together, and the rows that it must answer.

    `place` is where a row stands; `answers` what it is answered as.
    """

    def __init__(
        self,
        pool: Pool,
        index: IndexPlan,
        rows: list[Row],
        place: Callable[[Row], Place],
    ) -> None:
        self.pool, self.random = pool, pool.random
        self.index, self.rows, self.place = index, rows, place
        self.shown, self.steps = "", list[Callable[[Any], Any]]()
        self.seen: tuple[str, ...] | None = None
        self.free: list[str] = []
        self.is_backwards = self.hides_expired = self.is_hydrated = False
        self.manner = "all"
        self.at_most: int | None = None
        self.page_size: int | None = None

    def add(self, shown: str, step: Callable[[Any], Any]) -> None:
        self.shown += shown
        self.steps.append(step)

    def operation(self) -> Any:
        """The operation, which may be refused."""
        found: Any = None
        for step in self.steps:
            found = step(found)
        return found

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    @property
    def expected(self) -> Expected:
        placed = [(self.place(row), answered(row, self.seen)) for row in self.rows]
        return Expected(placed, is_backwards=self.is_backwards)

    # ranges

    def within(self, kind: Kind, name: str, value_of: Callable[[Row], Any]) -> None:
        """A range on the next field of the sort key."""
        if kind.beginnings and self.chance(0.3):
            self._with_beginning(kind, name, value_of)
        elif isinstance(kind.values[0], str) and self.chance(0.25):
            begun = self.pool.pick(kind)[:1]
            self._keep(lambda row: value_of(row).startswith(kind.kept(begun)))
            self._bound("begins_with", name, begun)
        else:
            self._with_ends(kind, name, value_of)

    def _with_ends(self, kind: Kind, name: str, value_of: Callable[[Row], Any]) -> None:
        low, high = sorted([self.pool.pick(kind), self.pool.pick(kind)], key=kind.kept)
        shape = self.random.randint(0, 2)
        if shape != 1:
            verb = self.random.choice(list(LOWER))
            self._keep(_test(LOWER[verb], value_of, kind.kept(low)))
            self._bound(verb, name, low)
        if shape != 0:
            verb = self.random.choice(list(UPPER))
            end = kind.kept(high)
            begins = verb == "at_most" and kind.is_free
            compare = UPPER[verb]
            self._keep(
                lambda row: (
                    compare(value_of(row), end) or (begins and value_of(row).startswith(end))
                )
            )
            self._bound(verb, name, high)

    def _with_beginning(self, kind: Kind, name: str, value_of: Callable[[Row], Any]) -> None:
        begun, text = self.random.choice(kind.beginnings), kind.text
        verb = self.random.choice([*LOWER, *UPPER, "begins_with"])
        compare = {**LOWER, **UPPER}.get(verb, lambda one, other: one == other)
        assert text is not None
        self._keep(_test(compare, lambda row: text(value_of(row))[: len(begun)], begun))
        self._bound(verb, name, begun)

    def _bound(self, verb: str, name: str, end: Any) -> None:
        self.add(f".{verb}({name}={end!r})", lambda read: getattr(read, verb)(**{name: end}))

    def _keep(self, test: Callable[[Row], bool]) -> None:
        self.rows = [row for row in self.rows if test(row)]

    # what else

    def order(self) -> None:
        if self.chance(0.4):
            self.is_backwards = True
            verb = self.random.choice(["descending", "descending", "newest_first"])
            self.add(f".{verb}()", lambda read: getattr(read, verb)())

    def filter(self, plan: EntityPlan) -> None:
        """A filter on a field, or on the expiry."""
        if "gone_at" in plan.fields and self.chance(0.3):
            self.hides_expired = True
            self._keep(lambda row: not _is_expired(row))
            self.add(".excluding_expired()", lambda read: read.excluding_expired())
        if not self.chance(0.25):
            return
        stamps = {"gone_at", "created_at", "updated_at"}
        name = self.random.choice([each for each in plan.fields if each not in stamps])
        declared = plan.fields[name]
        if declared.is_optional and self.chance(0.4):
            self._keep(lambda row: row.values[name] is not None)
            condition, shown = attr(name).exists(), "exists()"
        else:
            value = self.pool.pick(declared.kind)
            value = {"x"} if value == set() else value  # which is stored as no attribute
            kept = declared.kind.kept(value)
            is_equal = self.chance(0.6)
            self._keep(lambda row: (row.values[name] == kept) == is_equal)
            verb = "equals" if is_equal else "differs_from"
            condition, shown = getattr(attr(name), verb)(value), f"{verb}({value!r})"
        self.add(f".where(attr({name!r}).{shown})", lambda read: read.where(condition))

    def project(self, plan: EntityPlan, view: Any) -> None:
        """A view, or whole items by way of the index."""
        share = 0.3 if self.index.projected is None else 0.6
        if self.index.kind != "primary" and self.chance(share):
            self.is_hydrated = True
            self.add(".hydrated()", lambda read: read.hydrated())
        if self.chance(0.4):
            self.seen = plan.seen
            self.add(f".only({view.__name__})", lambda read: read.only(view))

    def limit(self) -> None:
        """How much of it is asked for, and how: pages, the first, their number."""
        if self.index.kind != "global" and self.chance(0.2):
            self.add(".consistent()", lambda read: read.consistent())
        if self.chance(0.2):
            self.add(".page_size(2)", lambda read: read.page_size(2))
        manners = ["all", "page", "take", "first", "count", "iterate"]
        manner = self.random.choices(manners, [3, 3, 1, 1, 1, 1])[0]
        number = self.random.randint(1, 3)
        if manner == "take" and self.hides_expired and self.is_hydrated:
            manner = "page"  # what expired is left out of the answer, and counts for the index
        self.manner = manner
        if manner == "page":
            self.page_size = number
        elif manner == "take":
            self.at_most = number
            self.add(f".take({number})", lambda read: read.take(number))
        elif manner in {"first", "count"}:
            self.add(f".{manner}()", lambda read: getattr(read, manner)())
        if manner in {"page", "iterate"}:
            self.shown += f" by {manner} {self.page_size or ''}"


def _test(compare: Callable[[Any, Any], bool], value_of: Any, end: Any) -> Callable[[Row], bool]:
    return lambda row: compare(value_of(row), end)


def _is_expired(row: Row) -> bool:
    gone_at = row.values["gone_at"]
    return gone_at is not None and gone_at <= NOW


def answered(row: Row, seen: tuple[str, ...] | None) -> tuple[str, Values]:
    """A row as an answer is compared with it."""
    if seen is None:
        return row.plan.name, row.values
    return f"{row.plan.name}View", {name: row.values[name] for name in seen}
