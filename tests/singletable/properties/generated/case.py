"""One case: a generated design, its writes and its reads, by both repositories, and the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from singletable import AsyncRepository, Repository, RequestError, Table
from singletable.errors import DeclarationError, InvalidOperation
from singletable.inspect import Retry
from singletable.transport import Transport
from tests.singletable.properties.generated.designs import Design, EntityPlan
from tests.singletable.properties.generated.drawing import Drawing
from tests.singletable.properties.generated.oracle import Oracle
from tests.singletable.properties.generated.reads import ByKey, Reads
from tests.singletable.properties.generated.values import Pool
from tests.singletable.properties.generated.variations import NOW, Asked
from tests.singletable.properties.generated.writes import Planned, Writes

SECRET = b"a secret of these tests alone, 32"


@dataclass
class Declared:
    """A design that was imported: its classes, and the entities that were not refused."""

    seed: int
    design: Design
    classes: dict[str, Any]
    plans: list[EntityPlan]
    refused: Counter[str]

    @property
    def table(self) -> Table:
        return self.classes["table"]


def declare(seed: int) -> Declared:
    """Imports the design of a seed."""
    return declare_design(Drawing(seed).design(), seed)


def declare_design(design: Design, seed: int = 0) -> Declared:
    """Imports a design; entities that import refuses are left out, and counted."""
    classes: dict[str, Any] = {"__name__": __name__}
    _run(design.table_code, classes)
    plans, refused = list[EntityPlan](), Counter[str]()
    for plan in design.entities:
        try:
            _run(plan.code, classes)
        except DeclarationError as error:
            refused[type(error).__name__] += 1
            continue
        _run(plan.view_code, classes)
        plans.append(plan)
    return Declared(seed, design, classes, plans, refused)


def _run(code: str, names: dict[str, Any]) -> None:
    """Executes a declaration, which has its annotations as they are."""
    exec(compile(code, "generated", "exec", dont_inherit=True), names)  # noqa: S102


class Mismatch(AssertionError):
    """Something else was answered than the oracle says."""


class Case:
    """One run of a design, on an empty table behind a transport."""

    def __init__(
        self, declared: Declared, run: int, transport: Transport, table: str, tally: Counter[str]
    ) -> None:
        self.declared, self.run, self.tally = declared, run, tally
        self.transport, self.table = transport, table
        self.random = Random(f"{declared.seed} {run}")  # noqa: S311
        self.oracle = Oracle(declared.plans)
        self.now = NOW
        pool = Pool(self.random, declared.design.delimiter)
        self.writes = Writes(pool, declared.classes, self.oracle, lambda: self.now)
        self.reads = Reads(pool, declared.classes, self.oracle)
        options: dict[str, Any] = {
            "cursor_secret": SECRET,
            "clock": lambda: self.now,
            "retry": Retry(attempts=30, base=0.002, ceiling=0.02),
        }

        async def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            return transport(operation, parameters)

        self.sync = Repository(transport, {declared.table: table}, **options)
        self.aio = AsyncRepository(send, {declared.table: table}, **options)
        self.asks_both, self.done = True, list[str]()

    async def check(self, writes: int, reads: int) -> None:
        """Writes, and reads everything that was written, and what is drawn."""
        try:
            for _ in range(writes):
                await self._write(self.writes.draw())
            self._check_stored()
            for asked in self.reads.every():
                await self._read(asked)
            for _ in range(reads):
                await self._read(self.reads.draw())
        except Exception as error:
            raise Mismatch(self._report(error)) from error
        self.tally["cases"] += 1

    def _report(self, error: Exception) -> str:
        lines = [f"seed {self.declared.seed}, run {self.run}", self.declared.design.code]
        lines += [f"# {line}" for line in self.done[-40:]]
        return "\n".join([*lines, f"{type(error).__name__}: {error}"])

    # writes

    async def _write(self, planned: Planned) -> None:
        self.done.append(f"write {planned.shown}")
        self.tally["writes"] += 1
        try:
            if self.random.random() < 0.5:
                answer = self.sync.write(planned.operation)
            else:
                answer = await self.aio.write(planned.operation)
        except RequestError as error:
            if not (planned.may_be_refused and isinstance(error, InvalidOperation)):
                self._check_refusal(planned, error)
            self.tally["refused writes"] += 1
        else:
            self._check_answer(planned, answer)

    def _check_answer(self, planned: Planned, answer: Any) -> None:
        if planned.error is not None:
            raise Mismatch(f"it was written, and should be refused by {planned.error}")
        if planned.count is not None:
            self._compare(planned.count, answer)
        for identity, row in planned.rows.items():
            self.writes.answers.pop(identity, None)
            self.oracle.rows.pop(identity, None)
            if row is not None:
                self.oracle.rows[identity] = row
        if planned.answer is not None:
            self._compare((planned.answer.plan.name, planned.answer.values), shown(answer))
            self.writes.answers[planned.answer.identity] = answer

    def _check_refusal(self, planned: Planned, error: RequestError) -> None:
        failures = {at: type(why).__name__ for at, why in getattr(error, "failures", {}).items()}
        if type(error).__name__ != planned.error or failures != planned.failures:
            raise Mismatch(f"refused by {error!r}, not by {planned.error} {planned.failures}")

    def _check_stored(self) -> None:
        """Compares the key attributes of all stored items with those that the oracle renders."""
        answer = self.transport("Scan", {"TableName": self.table, "ConsistentRead": True})
        wanted = {row.stored_key: row for row in self.oracle.rows.values()}
        names = self.declared.design.primary.attributes
        others = 0
        for item in answer["Items"]:
            row = wanted.pop(tuple(plain(item[name]) for name in names), None)
            others += row is None
            problem = (
                "" if row is None else row.problem({n: plain(each) for n, each in item.items()})
            )
            if problem:
                raise Mismatch(f"{problem}: {item}")
        if wanted or others != self.oracle.unique_count:
            raise Mismatch(f"{others} unique items, and not stored: {list(wanted)}")

    # reads

    async def _read(self, asked: Asked | ByKey) -> None:
        self.done.append(f"read {asked.shown}")
        self.tally["reads"] += 1
        try:
            operation = asked.operation()
            if isinstance(asked, ByKey):
                self._compare(asked.answer, await self._fetch(operation))
            else:
                await self._check(asked, operation)
        except InvalidOperation:
            self.tally["refused reads"] += 1

    async def _check(self, asked: Asked, operation: Any) -> None:
        expected = asked.expected
        if asked.page_size is not None:
            found = await self._walk(operation, asked.page_size)
        elif asked.manner == "iterate":
            found = [shown(each) async for each in self.aio.iterate(operation)]
            self._compare(len(found), len(list(self.sync.iterate(operation))))
        else:
            found = await self._fetch(operation)
        if asked.manner == "count":
            self._compare(len(expected), found)
            return
        is_first = asked.manner == "first"
        if is_first:
            found = [] if found is None else [found]
        most = 1 if is_first else asked.at_most
        problem = expected.problem(found, most)
        if problem:
            raise Mismatch(f"{problem}: {found}, not {expected.placed}")

    def _compare(self, wanted: Any, found: Any) -> None:
        if wanted != found:
            raise Mismatch(f"{found}, not {wanted}")

    async def _fetch(self, operation: Any) -> Any:
        """The answer, if both repositories give the same; or that of one of them."""
        only = None if self.asks_both else self.random.randint(0, 1)
        found = [] if only == 1 else [shown(self.sync.fetch(operation))]
        found += [] if only == 0 else [shown(await self.aio.fetch(operation))]
        if found[0] != found[-1]:
            raise Mismatch(f"asynchronously {found[1]}, synchronously {found[0]}")
        return found[0]

    async def _walk(self, query: Any, size: int) -> list[Any]:
        """All pages, from one repository's cursor to the next of the other one."""
        found, cursor = list[Any](), None
        for at in range(200):
            asked = query.page(size, cursor)
            page = self.sync.fetch(asked) if at % 2 else await self.aio.fetch(asked)
            if len(page.items) > size:
                raise Mismatch(f"a page of {len(page.items)} items")
            found += map(shown, page.items)
            cursor = page.cursor
            if cursor is None:
                return found
        raise Mismatch("200 pages, and no end")


def plain(value: Mapping[str, Any]) -> Any:
    """What a stored attribute holds; a number as one."""
    ((kind, content),) = value.items()
    return Decimal(content) if kind == "N" else content


def shown(answer: Any) -> Any:
    """An answer as plain values."""
    if answer is None or isinstance(answer, int):
        return answer
    if hasattr(answer, "model_fields_set"):
        fields = type(answer).model_fields
        return type(answer).__name__, {name: getattr(answer, name) for name in fields}
    return [shown(each) for each in answer]
