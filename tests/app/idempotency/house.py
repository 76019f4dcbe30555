"""A site whose way to the table breaks on demand, and whose time passes on demand."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.app.harness import AppHarness
from tests.app.idempotency.keyed import Breaking, items_of
from tests.app.matrix.world import SETTINGS
from tests.app.v1.site import Site
from tests.app.v1.stores import in_memory
from tests.app.v1.timed import TimedStore, timed


@dataclass(frozen=True)
class House:
    """A site whose way to the table breaks when it is told to; `store` is the way around it."""

    site: Site
    store: TimedStore
    breaking: Breaking

    def tidy(self) -> None:
        """Deletes everything but the category."""
        for item in items_of(self.store):
            if item["PK"]["S"] != "CATEGORY#news":
                key = {name: item[name] for name in ("PK", "SK")}
                self.store.transport("DeleteItem", {"TableName": self.store.table, "Key": key})


@contextmanager
def open_house() -> Generator[House]:
    """With one category, `news`."""
    with in_memory() as made:
        store = timed(made)
        breaking = Breaking(store)
        harness = AppHarness.over(SETTINGS, replace(store, transport=breaking))
        yield House(harness.site, store, breaking)
