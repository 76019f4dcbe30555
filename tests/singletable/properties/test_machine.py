"""Random writes against a model of dicts: the table holds exactly what the model says."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from singletable import RequestError, attr, create, delete, put, transaction, update
from singletable.errors.request import (
    ConditionFailed,
    IncompleteKey,
    ItemExists,
    ItemMissing,
    TransactionCancelled,
    UniqueTaken,
    VersionConflict,
)
from tests.backends import START, moto_backend
from tests.singletable.properties.shop_oracle import (
    PRODUCT_KEYS,
    customer_items,
    in_order,
    product_item,
    unique_item_keys,
    visits_keys,
)
from tests.singletable.shop import Customer, Product, Status, Visits, changed, shop

pytestmark = pytest.mark.slow

NOON = START.replace(microsecond=0)
IDS = st.sampled_from(["a", "b", "c"])
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "shelf": st.sampled_from([None, "s", "t"]),
        "status": st.sampled_from(Status),
        "rank": st.integers(0, 12),
        "price": st.integers(0, 3),
        "brand": st.sampled_from([None, "acme"]),
        "stock": st.integers(-2, 2),
        "tags": st.sets(st.sampled_from("xy")),
    },
)
OWNED = st.fixed_dictionaries(
    {},
    optional={
        "tenant": st.sampled_from(["north", "south"]),
        "email": st.sampled_from([None, "e1", "e2"]),
        "phone": st.sampled_from([None, "p1"]),
        "name": st.sampled_from(["Ada", "Bob"]),
        "expires_at": st.sampled_from([None, NOON, NOON + timedelta(days=1)]),
    },
)
STEPS_BACK = st.integers(0, 2)


class Shop(RuleBasedStateMachine):
    """`products` and `customers`: what is there; `past`: every state that a client may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.db = self.opened.enter_context(moto_backend(shop))
        self.products = dict[str, Product]()
        self.customers = dict[str, Customer]()
        self.visits = dict[str, Visits]()
        self.past = dict[tuple[type, str], list[Any]]()

    def teardown(self) -> None:
        self.opened.close()

    def write(self, operation: Any, expected: type[RequestError] | None) -> Any:
        """The result; the expected refusal is demanded, and any other one fails the test."""
        self.db.clock.tick(minutes=1)
        if expected is None:
            return self.db.repository.write(operation)
        with pytest.raises(expected) as refused:
            self.db.repository.write(operation)
        assert type(refused.value) is expected
        return None

    def remember(self, key: str, state: Any) -> None:
        self.past.setdefault((type(state), key), []).append(state)

    def held(self, kind: type, key: str, back: int) -> Any:
        """A state that was current so many changes ago."""
        states = self.past.get((kind, key), [])
        return states[-1 - min(back, len(states) - 1)] if states else None

    # products: unversioned

    @rule(key=IDS, values=CHANGES, whole=st.booleans())
    def make_product(self, key: str, values: dict[str, Any], whole: bool) -> None:
        new = Product(product_id=key, name="x", **{"status": Status.DRAFT, **values})
        exists = key in self.products and not whole
        made = self.write(put(new) if whole else create(new), ItemExists if exists else None)
        if made is not None:
            assert made == changed(new, created_at=self.db.clock.now, updated_at=self.db.clock.now)
            self.products[key] = made
            self.remember(key, made)

    @rule(key=IDS, values=CHANGES, back=STEPS_BACK)
    def update_product(self, key: str, values: dict[str, Any], back: int) -> None:
        before = self.held(Product, key, back)
        if before is None:
            return
        after, now = changed(before, **values), self.products.get(key)
        differs = {name for name in values if getattr(before, name) != values[name]}
        relied = set[str]().union(*(keys - differs for keys in PRODUCT_KEYS if keys & differs))
        stale = now is not None and any(getattr(before, f) != getattr(now, f) for f in relied)
        expected = ItemMissing if now is None else VersionConflict if stale else None
        result = self.write(update(before, after), expected)
        if result is not None:
            stamp = {"updated_at": self.db.clock.now}
            new = changed(now, **{name: values[name] for name in differs}, **stamp)
            assert result == new
            self.products[key] = new
            self.remember(key, new)

    @rule(key=IDS, values=CHANGES, given=CHANGES, least=st.none() | st.integers(-1, 2))
    def patch_product(
        self, key: str, values: dict[str, Any], given: dict[str, Any], least: int | None
    ) -> None:
        now = self.products.get(key)
        patch = Product.key.patch(product_id=key).set(**values).given(**given)
        if least is not None:
            patch = patch.when(attr("stock").at_least(least))
        result = self.write(patch, self._patch_refusal(now, values, given, least))
        if result is not None:
            assert result == changed(now, **values, updated_at=self.db.clock.now)
            self.products[key] = result
            self.remember(key, result)

    def _patch_refusal(
        self, now: Product | None, values: dict[str, Any], given: dict[str, Any], least: int | None
    ) -> type[RequestError] | None:
        known = {"product_id": "", **given, **values}
        for keys in PRODUCT_KEYS:
            leaves = any(known.get(name, "") is None for name in keys)
            if keys & set(values) and not leaves and not keys <= set(known):
                return IncompleteKey
        if now is None:
            return ItemMissing
        if any(getattr(now, name) != value for name, value in given.items()):
            return VersionConflict
        return ConditionFailed if least is not None and now.stock < least else None

    @rule(key=IDS, amount=st.integers(-2, 2))
    def count_product(self, key: str, amount: int) -> None:
        now = self.products.get(key)
        patch = Product.key.patch(product_id=key).add(stock=amount, tags={"z"})
        result = self.write(patch, None if now else ItemMissing)
        if now is not None:
            assert result.stock == now.stock + amount
            self.products[key] = result
            self.remember(key, result)

    @rule(key=IDS, needed=st.booleans())
    def delete_product(self, key: str, needed: bool) -> None:
        by = partial(Product.key.delete, must_exist=needed)
        self.write(by(product_id=key), ItemMissing if needed and key not in self.products else None)
        self.products.pop(key, None)

    # customers: versioned, unique

    def taken(self, new: Customer) -> bool:
        others = (c for c in self.customers.values() if c.customer_id != new.customer_id)
        return any(unique_item_keys(new) & unique_item_keys(other) for other in others)

    @rule(key=IDS, values=OWNED)
    def create_customer(self, key: str, values: dict[str, Any]) -> None:
        new = Customer(customer_id=key, **{"tenant": "north", "name": "Eve", **values})
        expected: type[RequestError] | None = UniqueTaken if self.taken(new) else None
        expected = ItemExists if key in self.customers else expected
        made = self.write(create(new), expected)
        if made is not None:
            assert made == changed(new, updated_at=self.db.clock.now)
            self.customers[key] = made
            self.past[Customer, key] = [made]  # versions count from 1 again

    @rule(key=IDS, values=OWNED, back=STEPS_BACK, within=st.booleans())
    def update_customer(self, key: str, values: dict[str, Any], back: int, within: bool) -> None:
        before = self.held(Customer, key, back)
        if before is None:
            return
        after, now = changed(before, **values), self.customers.get(key)
        expected: type[RequestError] | None = UniqueTaken if self.taken(after) else None
        if now is None or now.version != before.version:
            expected = VersionConflict if now else ItemMissing
        edit = update(before, after)
        if within and expected is not None:
            self._refused_within(edit, expected)
            return
        result = self.write(transaction(edit).returning(edit) if within else edit, expected)
        if result is not None:
            stamp = {"version": before.version + 1, "updated_at": self.db.clock.now}
            assert result == changed(after, **stamp)
            self.customers[key] = result
            self.remember(key, result)

    def _refused_within(self, edit: Any, expected: type[RequestError]) -> None:
        with pytest.raises(TransactionCancelled) as refused:
            self.db.repository.write(transaction(edit))
        assert {at: type(why) for at, why in refused.value.failures.items()} == {0: expected}

    @rule(key=IDS)
    def visit_customer(self, key: str) -> None:
        now = self.customers.get(key)
        patch = Customer.key.patch(customer_id=key).add(visits=1).ignoring_version()
        result = self.write(patch, None if now else ItemMissing)
        if now is not None:
            stamp = {"version": now.version + 1, "updated_at": self.db.clock.now}
            assert result == changed(now, visits=now.visits + 1, **stamp)
            self.customers[key] = result
            self.remember(key, result)

    @rule(key=IDS, back=STEPS_BACK, needed=st.booleans())
    def delete_customer(self, key: str, back: int, needed: bool) -> None:
        entity = self.held(Customer, key, back)
        if entity is None:
            return
        now, expected = self.customers.get(key), None
        if now is None:
            expected = ItemMissing if needed else None
        elif now.version != entity.version:
            expected = VersionConflict
        self.write(delete(entity, must_exist=True) if needed else delete(entity), expected)
        if expected is None:
            self.customers.pop(key, None)

    # counters: upserts

    @rule(page=IDS, until=st.sampled_from(["keep", None, START]))
    def visit(self, page: str, until: Any) -> None:
        upsert = Visits.key.upsert(page=page).add(count=1)
        values = {} if until == "keep" else {"until": until}
        result = self.write(upsert.set(**values), None)
        now = self.db.clock.now
        before = self.visits.get(page) or Visits(page=page, first_seen=now)
        assert result == changed(before, count=before.count + 1, last_seen=now, **values)
        self.visits[page] = result

    # what must hold

    @invariant()
    def the_table_is_the_model(self) -> None:
        stored = in_order(self.db.items())
        counters = [item for item in stored if item["entity"]["S"] == "Visits"]
        for item in counters:
            keys = {name for name in item if name[-2:] in ("PK", "SK")}
            expected = visits_keys(self.visits[item["page"]["S"]])
            assert {name: item[name] for name in keys} == expected
        assert len(counters) == len(self.visits)
        model = [product_item(each) for each in self.products.values()]
        model += [item for each in self.customers.values() for item in customer_items(each)]
        for item in stored:
            if "tags" in item:
                item["tags"]["SS"].sort()
        assert [item for item in stored if item not in counters] == in_order(model)

    @invariant()
    def every_index_answers_the_model_in_order(self) -> None:
        fetch = self.db.repository.fetch
        products = self.products.values()
        for shelf in ("s", "t"):
            found = [each for each in products if each.shelf == shelf]
            found.sort(key=lambda each: (each.status.value, each.product_id))
            assert list(fetch(Product.by_shelf.query(shelf=shelf))) == found
        for status in Status:
            found = [each for each in products if each.status == status]
            found.sort(key=lambda each: (each.rank, each.product_id))
            assert list(fetch(Product.catalogue.query(status=status))) == found
        customers = sorted(self.customers.values(), key=lambda each: each.customer_id)
        for tenant in ("north", "south"):
            found_customers = [each for each in customers if each.tenant == tenant]
            assert list(fetch(Customer.by_tenant.query(tenant=tenant))) == found_customers


TestShop = Shop.TestCase
TestShop.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a shrink takes minutes here
    suppress_health_check=[HealthCheck.too_slow],
)
