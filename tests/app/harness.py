"""The app over a table, by a clock that tests set. Subclasses add what one resource needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from app.settings import Settings
from tests.app.v1.site import Site, site_over
from tests.app.v1.timed import TimedStore


@dataclass(frozen=True)
class AppHarness:
    settings: Settings
    store: TimedStore
    site: Site

    @classmethod
    def over(cls, settings: Settings, store: TimedStore, **given: Any) -> Self:
        """With one category, `news`; `given` is what the subclass adds."""
        harness = cls(settings, store, timed_site(settings, store), **given)
        harness.site.category("news")
        return harness

    def configured(self, **settings: Any) -> Self:
        """Another app over the same table, with other settings."""
        changed = self.settings.model_copy(update=settings)
        return replace(self, settings=changed, site=timed_site(changed, self.store))

    def through(self, store: TimedStore) -> Self:
        """Another app with another way to the same table."""
        return replace(self, store=store, site=timed_site(self.settings, store))


def timed_site(settings: Settings, store: TimedStore) -> Site:
    """An app over what the table holds."""
    site = site_over(settings, store)
    site.app.state.clock = store.clock
    return site
