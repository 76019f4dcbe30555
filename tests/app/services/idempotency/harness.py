"""The app over a table whose way breaks on demand, and whose time passes on demand."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.app.api.matrix.harness import SETTINGS
from tests.app.api.v1.stores import in_memory, timed
from tests.app.harness import AppHarness
from tests.app.services.idempotency.keyed import Breaking, items_of


@dataclass(kw_only=True)
class BreakableHarness(AppHarness):
    """Its way to the table breaks when `breaking` is told to."""

    breaking: Breaking

    def tidy(self) -> None:
        """Deletes everything but the category."""
        for item in items_of(self.store):
            if item["PK"]["S"] != "CATEGORY#news":
                key = {name: item[name] for name in ("PK", "SK")}
                self.store.transport("DeleteItem", {"TableName": self.store.table, "Key": key})


@contextmanager
def open_breakable() -> Generator[BreakableHarness]:
    """With one category, `news`."""
    with in_memory() as store:
        breaking = Breaking(timed(store))
        yield BreakableHarness.over(SETTINGS, breaking.way(), breaking=breaking)
