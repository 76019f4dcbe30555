"""`.hydrated()`: keys from an index that holds a part of each item, the items from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from singletable.errors.request import InvalidStoredItem
from singletable.operations.protocol import Context, Steps, evolve
from singletable.operations.reads.batch_get import BatchGet
from singletable.operations.reads.page import Page, check_readable
from singletable.operations.reads.query_requests import QueryRequests
from singletable.records import record
from singletable.schema import CompiledKey

if TYPE_CHECKING:
    from singletable.operations.reads.paged_read import PagedRead
    from singletable.operations.reads.search import Search

E = TypeVar("E", bound=BaseModel)


@record
class Hydration:
    """How the items of a query are read from the table, by BatchGetItem in the index's order.

    They are answered as they are then, although they may have left the part of the index that was
    asked. Those that are gone are the page's `missing`.
    """

    is_consistent: bool = False

    def batch(self, query: PagedRead[E] | Search[E]) -> BatchGet[E]:
        """The batch that reads items by their primary keys."""
        key = query.reader.schemas[0].primary
        return BatchGet(query.reader, key, (), self.is_consistent, query.hides_expired)

    def read(self, query: PagedRead[E], context: Context) -> Steps[Page[E]]:
        """Reads a page: the keys of the query, then their items."""
        batch = self.batch(query)
        asks_index = evolve(query, hides_expired=False)
        requests = asks_index.prepare(context, QueryRequests, keys_alone(query.key_query.key))
        asked, cursor, unreadable = yield from query.read_items(requests, requests.table_key_of)
        found = yield from batch.read(asked, context)
        items, missing = list[E](), list[str]()
        for key in asked:
            item = found.get(batch.identity_of(key))
            if item is None:
                missing.append(query.reader.key_text(key))
                continue
            try:
                loaded = batch.load(item, context)
            except InvalidStoredItem as error:
                unreadable.append(error)
                continue
            if loaded is not None:
                items.append(loaded)
        kinds = query.reader.models
        page = Page(tuple(items), cursor, tuple(unreadable), tuple(missing), kinds)
        return page if query.tolerates_unreadable else check_readable(page)


def keys_alone(key: CompiledKey) -> tuple[str, ...]:
    """The attributes to ask an index for where items are read from the table."""
    names = key.position_attributes
    return () if key.held == frozenset(names) else names
