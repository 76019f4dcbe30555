"""L1 over sockets: thousands of writes through a proxy that carries them out and loses answers.

No refusal is false, nothing is written twice, and an error says where it is not known.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from singletable import (
    Repository,
    RequestError,
    create,
    create_table,
    delete,
    put,
    transaction,
    update,
)
from singletable.errors import ItemMissing, ServiceUnavailable, TransactionCancelled, WriteRefused
from singletable.inspect import Retry
from singletable.testing import memory_transport
from singletable.transport import Transport, boto3_transport
from tests.backends import START, client_of, local_backend
from tests.singletable.delivery.network import Faults, losing_proxy, memory_server
from tests.singletable.shop import Line, Product, changed, line, product, shop

pytestmark = pytest.mark.slow


PATIENCE = 0.3
PRODUCTS, LINES = 12, 12


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)


@contextmanager
def opened(kind: str) -> Iterator[tuple[str, str, Transport]]:
    """The endpoint, the table's name, and a way to the table past the proxy."""
    with ExitStack() as stack:
        if kind == "local":
            backend = stack.enter_context(local_backend(shop))
            yield backend.client.meta.endpoint_url, backend.name, backend.transport
            return
        transport = memory_transport()
        transport("CreateTable", create_table(shop, "shop"))
        yield stack.enter_context(memory_server(transport)), "shop", transport


class Customer:
    """Writes at random, and knows what must be stored afterwards."""

    def __init__(
        self, lossy: Repository, clear: Repository, settle: Callable[[], None], seed: int
    ) -> None:
        self.lossy, self.clear, self.settle = lossy, clear, settle
        self.random = random.Random(seed)  # noqa: S311
        self.products: dict[str, Product] = {}
        self.lines: dict[int, Line] = {}
        self.outcomes: Counter[str] = Counter()

    def act(self) -> None:
        name = self.random.choice(
            ["create", "put", "update", "patch", "add", "once", "delete", "transaction", "version"]
        )
        getattr(self, f"_{name}")()

    def _write(self, name: str, operation: Any, before: Any, after: Any, get: Any) -> Any:
        """Writes; returns what is stored then: after, or before where it is refused or unknown."""
        try:
            try:
                self.lossy.write(operation)
            finally:
                self.settle()
        except RequestError as error:
            self._judge(name, error, before, after)
            stored = self.clear.fetch(get)
            if error.written == "no":
                assert stored == before
            assert stored in (before, after)
            return stored
        self.outcomes[f"{name}: written"] += 1
        return after

    def _judge(self, name: str, error: RequestError, before: Any, after: Any) -> None:
        self.outcomes[f"{name}: {type(error).__name__}, {error.written}"] += 1
        if before == after:  # it had to be refused
            assert isinstance(error, (WriteRefused, TransactionCancelled, ServiceUnavailable))
            return
        assert isinstance(error, ServiceUnavailable), f"{name}: {error!r} is a false refusal"

    def _any_id(self) -> str:
        return f"p{self.random.randrange(PRODUCTS)}"

    def _set(self, name: str, product_id: str, operation: Any, after: Product | None) -> None:
        before, get = self.products.get(product_id), Product.key.get(product_id=product_id)
        stored = self._write(name, operation, before, after, get)
        self.products.pop(product_id, None)
        if stored is not None:
            self.products[product_id] = stored

    def _create(self) -> None:
        new = product(self._any_id(), name=f"n{self.random.random()}", created_at=START)
        new = changed(new, updated_at=START)
        there = self.products.get(new.product_id)
        self._set("create", new.product_id, create(new), there or new)

    def _put(self) -> None:
        new = product(self._any_id(), note=f"n{self.random.random()}", created_at=START)
        new = changed(new, updated_at=START)
        self._set("put", new.product_id, put(new), new)

    def _update(self) -> None:
        if self.products:
            before = self.random.choice(list(self.products.values()))
            after = changed(before, note=f"u{self.random.random()}", stock=before.stock + 1)
            self._set("update", before.product_id, update(before, after), after)

    def _patch(self) -> None:
        there = self.products.get(found := self._any_id())
        after = there and changed(there, name="patched", note=None)
        operation = Product.key.patch(product_id=found).set(name="patched", note=None)
        self._set("patch", found, operation, after)

    def _add(self, *, once: bool = False) -> None:
        there = self.products.get(found := self._any_id())
        after = there and changed(there, stock=there.stock + 1)
        operation: Any = Product.key.patch(product_id=found).add(stock=1)
        self._set("once" if once else "add", found, operation.once() if once else operation, after)

    def _once(self) -> None:
        self._add(once=True)

    def _delete(self) -> None:
        found = self._any_id()
        self._set("delete", found, Product.key.delete(product_id=found), None)

    def _transaction(self) -> None:
        if not self.products:
            return
        there = self.random.choice(list(self.products.values()))
        number = self.random.randrange(LINES)
        after = changed(there, stock=there.stock + 1)
        patch = Product.key.patch(product_id=there.product_id).add(stock=1)
        is_new = number not in self.lines
        self._set(
            "transaction",
            there.product_id,
            transaction(create(line(number)), patch),
            after if is_new else there,
        )
        if is_new and self.products[there.product_id] == after:
            self.lines[number] = line(number)

    def _version(self) -> None:
        if self.lines:
            number = self.random.choice(list(self.lines))
            before = self.lines[number]
            after = changed(before, amount=before.amount + 1)
            stored = changed(after, version=before.version + 1)
            get = Line.key.get(order_id="o1", line_no=number)
            operation = update(before, after)
            if self.random.random() < 0.3:
                operation = delete(before)
                stored = None
            found = self._write("version", operation, before, stored, get)
            del self.lines[number]
            if found is not None:
                self.lines[number] = found

    def check(self) -> None:
        """Compares the table with the model."""
        for at in range(PRODUCTS):
            found = self.clear.fetch(Product.key.get(product_id=f"p{at}"))
            assert found == self.products.get(f"p{at}")
        stored = self.clear.fetch(Line.key.query(order_id="o1"))
        assert {each.line_no: each for each in stored} == self.lines


@pytest.mark.parametrize(
    ("kind", "number", "attempts"),
    [
        *(("memory", 1_000 + part, 3) for part in range(10)),
        ("memory", 1_000, 1),
        *(
            pytest.param("local", 1_000 + part, 3, marks=pytest.mark.connected)
            for part in range(10)
        ),
    ],
)
def test_no_refusal_is_false_and_nothing_doubled(kind: str, number: int, attempts: int) -> None:
    """With one answer in six lost; by a client that retries, and by one that does not."""
    faults = Faults(seed=number + attempts, every=6)
    with opened(kind) as (upstream, name, transport):
        with losing_proxy(upstream, faults, PATIENCE) as endpoint:
            retries = {"mode": "standard", "total_max_attempts": attempts}
            client = client_of.__wrapped__(
                endpoint, read_timeout=PATIENCE, connect_timeout=5, retries=retries
            )
            options: Any = {"clock": lambda: START}
            retry = Retry(attempts=6, sleep=lambda _: None)
            sent = list[Any]()
            client.meta.events.register("before-send.dynamodb", lambda **_: sent.append(None))
            customer = Customer(
                Repository(boto3_transport(client), {shop: name}, retry=retry, **options),
                Repository(transport, {shop: name}, **options),
                lambda: faults.wait_for(len(sent)),
                seed=number,
            )
            for _ in range(number):
                customer.act()
            client.close()
        customer.check()

    lost = sum(faults.counts.values()) - faults.counts["none"]
    assert lost > number / 10
    assert not any(key.startswith(("once: ServiceUnavailable, no",)) for key in customer.outcomes)


def test_a_missing_item_is_missing_whatever_was_lost() -> None:
    """A refusal that is true stays a refusal."""
    faults = Faults(seed=1, every=2)
    with opened("memory") as (upstream, name, _), losing_proxy(upstream, faults, 5) as endpoint:
        client = client_of.__wrapped__(endpoint, retries={"total_max_attempts": 1})
        faults.every = 10**9
        repository = Repository(boto3_transport(client), {shop: name})
        with pytest.raises(ItemMissing) as caught:
            repository.write(Product.key.patch(product_id="p").set(name="x"))
        assert caught.value.written == "no"
        client.close()
