"""Who reads and writes on a market at random, and knows what must be stored and answered."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from singletable import (
    Repository,
    RequestError,
    attr,
    batch,
    clear,
    collection,
    delete,
    put,
    snapshot,
)
from singletable.errors import (
    BatchUnfinished,
    ConditionFailed,
    Contended,
    ItemMissing,
    ServiceUnavailable,
    Throttled,
    Unprocessed,
)
from tests.singletable.delivery.market import Box, Good, Stall, Tag, good

GOODS = 40
FAILURES = (ServiceUnavailable, Throttled, BatchUnfinished, Contended, Unprocessed)
BOX, DAYS = attr("box"), attr("by_day")


def price_order(each: Good) -> tuple[int, int]:
    return each.price, each.number


class Trader:
    """Reads and writes at random, and knows what must be stored."""

    def __init__(
        self, lossy: Any, clear: Repository, settle: Callable[[], None], seed: int
    ) -> None:
        self.lossy, self.past, self.settle = lossy, clear, settle
        self.random = random.Random(seed)  # noqa: S311
        self.goods: dict[int, Good] = {}
        self.outcomes: Counter[str] = Counter()

    def act(self) -> None:
        names = ["batch", "batch", "clear", "upsert", "each", "pages", "read", "count"]
        names += ["change"] * 4
        getattr(self, f"_{self.random.choice(names)}")()

    # reads

    def _ask(self, name: str, act: Callable[[], Any], expected: Any) -> None:
        try:
            found = act()
        except FAILURES as error:
            assert error.written == "no"
            self.outcomes[f"{name}: {type(error).__name__}"] += 1
        else:
            assert found == expected, name
            self.outcomes[f"{name}: answered"] += 1

    def _stored(self, key: Callable[[Good], Any] = lambda each: each.number) -> list[Good]:
        return sorted(self.goods.values(), key=key)

    def _each(self) -> None:
        numbers = self.random.choices(range(GOODS + 3), k=self.random.randrange(130))
        expected = tuple(map(self.goods.get, numbers))
        fetch = self.lossy.fetch
        if numbers:
            each = Good.key.get_each(stall="s", number=numbers)
            self._ask("get_each", lambda: fetch(each), expected)
            few = sorted({*numbers[:20]})
            gets = snapshot(*(Good.key.get(stall="s", number=at) for at in few))
            self._ask("snapshot", lambda: fetch(gets), tuple(map(self.goods.get, few)))

    def _read(self) -> None:
        fetch, goods = self.lossy.fetch, tuple(self._stored())
        shelf = tuple(each for each in goods if each.shelf == "a")
        tags = tuple(Tag(number=each.number, price=each.price) for each in shelf)
        both = collection(Good.key, Stall.key).query(stall="s")
        scan = Good.key.scan(because="all").segments(self.random.randrange(1, 5))
        for name, act, expected in (
            ("query", lambda: fetch(Good.by_shelf.query(shelf="a")).items, shelf),
            ("view", lambda: fetch(Good.by_shelf.query(shelf="a").only(Tag)).items, tags),
            ("hydrated", lambda: fetch(Good.listed.query().hydrated()).items, goods),
            ("collection", lambda: fetch(both).of(Good), goods),
            ("scan", lambda: sorted(fetch(scan), key=repr), sorted(goods, key=repr)),
            (
                "iterated",
                lambda: sorted(self.lossy.iterate(scan), key=repr),
                sorted(goods, key=repr),
            ),
        ):
            self._ask(name, act, expected)

    def _pages(self) -> None:
        self._ask("shards", self._read_pages, self._stored(price_order))

    def _read_pages(self) -> list[Good]:
        found, after = list[Good](), None
        while True:
            page = self.lossy.fetch(Good.by_price.query().page(7, after))
            found += page.items
            after = page.cursor
            if after is None:
                return found

    def _count(self) -> None:
        fetch = self.lossy.fetch
        self._ask("count", lambda: fetch(Good.by_price.query().count()), len(self.goods))
        least = min(self.goods.values(), key=price_order, default=None)
        self._ask("first", lambda: fetch(Good.by_price.query().first()), least)

    # writes

    def _write(self, name: str, operation: Any) -> RequestError | None:
        """Writes; the error, if it is one of the network."""
        try:
            try:
                self.lossy.write(operation)
            finally:
                self.settle()
        except FAILURES as error:
            self.outcomes[f"{name}: {type(error).__name__}, {error.written}"] += 1
            return error
        self.outcomes[f"{name}: written"] += 1
        return None

    def _adopt(self, number: int, *states: Good | None) -> None:
        """Takes over what is stored, which must be one of these states."""
        found = self.past.fetch(Good.key.get(stall="s", number=number))
        assert found in states
        self._set(number, found)

    def _set(self, number: int, stored: Good | None) -> None:
        self.goods.pop(number, None)
        if stored is not None:
            self.goods[number] = stored

    def _batch(self) -> None:
        chosen = self.random.sample(range(GOODS), self.random.randrange(1, GOODS))
        made = {
            at: good(at, price=self.random.randrange(99), note=f"b{self.random.random()}")
            for at in chosen
        }
        after: dict[int, Good | None] = {
            at: None if self.random.random() < 0.3 else made[at] for at in chosen
        }
        writes = [delete(made[at]) if one is None else put(one) for at, one in after.items()]
        error = self._write("batch", batch(*writes))
        for at, number in enumerate(chosen):
            states = [after[number]]
            if isinstance(error, BatchUnfinished):
                before = self.goods.get(number)
                states = [before] if at in error.unwritten else states
                states = [before, after[number]] if at in error.uncertain else states
            elif error is not None:
                states = [self.goods.get(number)] + (states if error.written == "unknown" else [])
                assert error.written != "yes"
            self._adopt(number, *states)

    def _clear(self) -> None:
        low = self.random.randrange(GOODS)
        asked = {at for at in self.goods if low <= at <= low + 12}
        query = Good.key.query(stall="s").between(number=(low, low + 12)).page_size(5)
        error = self._write("clear", clear(query))
        before = {at: self.goods[at] for at in asked}
        for at in asked:
            left = [] if error is None else [before[at]]
            gone = [] if error is not None and error.written == "no" else [None]
            self._adopt(at, *left, *gone)
        if error is not None and error.written == "yes":
            assert asked - self.goods.keys()

    def _upsert(self) -> None:
        number, note = self.random.randrange(GOODS), f"u{self.random.random()}"
        there = self.goods.get(number)
        price = self.random.randrange(99)
        values = {"note": note, "price": price, "shelf": self.random.choice(["a", "b", None])}
        after = (there or good(number)).model_copy(update=values)
        operation = Good.key.upsert(stall="s", number=number).set(**values)
        error = self._write("upsert", operation)
        self._adopt(number, *([] if error is None else [there]), *self._unless_no(error, after))

    def _unless_no(self, error: RequestError | None, after: Good | None) -> list[Good | None]:
        return [] if error is not None and error.written == "no" else [after]

    def _change(self) -> None:
        """A change of a part, alone or once; what it does is done to the model as well."""
        number = self.random.randrange(GOODS)
        patch, there = Good.key.patch(stall="s", number=number), self.goods.get(number)
        word = f"w{self.random.randrange(5)}"
        box = there.box if there else Box()
        days = dict(there.by_day) if there else {}
        changes: dict[str, tuple[Any, dict[str, Any]]] = {
            "set_at": (patch.set_at(BOX["note"], word), {"box": _with(box, note=word)}),
            "add_at": (patch.add_at(BOX["size"], 1), {"box": _with(box, size=box.size + 1)}),
            "unite_at": (
                patch.add_at(BOX["tags"], {word}),
                {"box": _with(box, tags=box.tags | {word})},
            ),
            "remove_at": (
                patch.remove_at(BOX["tags"], {word}),
                {"box": _with(box, tags=box.tags - {word})},
            ),
            "append_at": (
                patch.append_at(BOX["log"], [word]),
                {"box": _with(box, log=[*box.log, word])},
            ),
            "count by day": (
                patch.add_at(DAYS[word], 1),
                {"by_day": {**days, word: days.get(word, 0) + 1}},
            ),
            "set a day": (patch.set_at(DAYS[word], 7), {"by_day": {**days, word: 7}}),
        }
        name = self.random.choice(list(changes))
        operation, values = changes[name]
        if self.random.random() < 0.3:
            name, operation = f"{name} once", operation.once()
        after = there.model_copy(update=values) if there else None
        try:
            error = self._write(name, operation)
        except (ItemMissing, ConditionFailed) as refused:
            assert there is None or box.size >= 1000
            assert refused.written in ("no", "unknown")
            return
        if error is None:
            assert there is not None
            self._adopt(number, after)
        else:
            self._adopt(number, there, *self._unless_no(error, after))

    def check(self) -> None:
        """Compares the whole table with the model."""
        self.settle()
        stored = self.past.fetch(Good.key.query(stall="s"))
        assert list(stored) == self._stored()
        assert list(self.past.fetch(Good.by_price.query())) == self._stored(price_order)


def _with(box: Box, **values: Any) -> Box:
    return box.model_copy(update=values)
