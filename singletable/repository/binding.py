"""The binding of both repositories: tables, clock, cursors and options."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime
from typing import NoReturn, TypeAlias, TypedDict, TypeVar, cast

from pydantic import BaseModel

from singletable.codec.wire import class_of, is_mapping
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, RequestLimitReached
from singletable.operations import Context, Page, PagedRead
from singletable.operations.protocol import Clock, utc_now
from singletable.operations.reads.cursor import SECRET_BYTES, CursorSeal
from singletable.repository.observed import Observer, Observers
from singletable.repository.pipeline import Policy
from singletable.repository.retry import Retry
from singletable.table import TABLE_NAMES, TableDefinition, can_be_asked

E = TypeVar("E", bound=BaseModel)

Tables: TypeAlias = TableDefinition | Mapping[TableDefinition, str]
"""One table under its declared name, or the real name of each table."""


class Options(TypedDict, total=False):
    """Options of a repository besides its transport and its tables.

    `cursor_secret` (16 bytes or more) must be the same wherever a cursor may come back to;
    without it cursors are good for this process only. Of several the first encrypts and all
    decrypt, so that a secret can be replaced: `(new, old)`. `clock` answers the present moment, a
    datetime with a time zone, by which stamps and expiries go. `observe`, one function or several,
    is told of every operation that has ended; with `count_capacity` also of the capacity it took.
    """

    cursor_secret: bytes | Sequence[bytes] | None
    retry: Retry | None
    clock: Clock
    observe: Observers | None
    count_capacity: bool


class Binding:
    """Makes the context of each operation."""

    def __init__(self, tables: Tables, options: Options) -> None:
        self.tables = _names(tables)
        _check_options(options)
        self._cursors = CursorSeal(*_secrets(options.get("cursor_secret")))
        self._clock = options.get("clock", utc_now)
        self.policy = Policy(
            options.get("retry") or Retry(),
            _observers(options.get("observe")),
            options.get("count_capacity", False),
        )

    def context(self) -> Context:
        now = self._clock()
        if self._clock is not utc_now:
            _check_moment(now)
        return Context(self.tables, now, self._cursors)


def _names(tables: object) -> dict[TableDefinition, str]:
    """The real name of each table; `InvalidOperation` for what DynamoDB takes for none, or one for
    two."""
    names: object = {tables: tables.name} if isinstance(tables, TableDefinition) else tables
    if not is_mapping(names) or not names or not all(map(_is_binding, names.items())):
        _refuse_option(
            f"the tables {abridge(tables)}", 'a Table, or a mapping: {blog: "blog-prod"}'
        )
    for name in names.values():
        if not can_be_asked(name):
            _refuse_option(
                f"the table name {abridge(name)}", f"{TABLE_NAMES}; or the ARN of a table"
            )
    if len(set(names.values())) < len(names):
        _refuse_option(f"one real table for two declarations: {abridge(tables)}", "one for each")
    return dict(names)


def _is_binding(binding: tuple[object, object]) -> bool:
    table, name = binding
    return isinstance(table, TableDefinition) and isinstance(name, str) and name != ""


def _check_options(options: Mapping[str, object]) -> None:
    """Refuses options that are unknown or could not be used when they are needed."""
    unknown = sorted(set(options) - set(Options.__annotations__))
    if unknown:
        _refuse_option(", ".join(unknown), ", ".join(Options.__annotations__))
    retry = options.get("retry")
    if retry is not None and not isinstance(retry, Retry):
        _refuse_option(f"retry={abridge(retry)}", "a Retry")
    if not callable(options.get("clock", utc_now)):
        _refuse_option(
            f"clock={abridge(options.get('clock'))}", "a function that returns the UTC time"
        )


def _check_moment(now: object) -> None:
    """Refuses what is no moment: a stamp, or an expiry, would be left out or wrong."""
    if not isinstance(now, datetime) or now.utcoffset() is None:
        _refuse_option(
            f"clock= returns {abridge(now)}", "a datetime with a time zone: datetime.now(UTC)"
        )


def _observers(given: object) -> tuple[Observer, ...]:
    if given is None:
        return ()
    several = given if class_of(given) in (tuple, list) else (given,)
    observers = tuple(cast("Sequence[Observer]", several))
    if not all(map(callable, observers)):
        _refuse_option(f"observe={abridge(given)}", "a function, or several of them")
    return observers


def _secrets(given: object) -> tuple[bytes, ...]:
    """The secrets of cursors, the one that encrypts first; none for a key of this process alone."""
    if given is None:
        return ()
    several = (
        tuple(cast("Sequence[object]", given)) if class_of(given) in (tuple, list) else (given,)
    )
    known = tuple(each for each in several if isinstance(each, bytes) and len(each) >= SECRET_BYTES)
    if not known or len(known) < len(several):
        _refuse_option(
            "the cursor_secret that is given", f"{SECRET_BYTES} bytes or more, or several of them"
        )
    return known


def _refuse_option(declared: str, allowed: str) -> NoReturn:
    raise InvalidOperation(where="repository", declared=declared, allowed=allowed)


def pages(query: PagedRead[E]) -> Generator[PagedRead[E], Page[E], None]:
    """Yields the reads of an iteration, page by page; is sent the page of each.

    With `max_requests` it is one read: only within one are its requests counted together.
    `RequestLimitReached` when they end it early.
    """
    if query.requests_at_most is not None:
        page = yield query
        if page.cursor is not None and len(page) != query.items_in_all:
            raise RequestLimitReached(
                operation=query.key_query.label, requests=query.requests_at_most
            )
        return
    left, cursor = query.items_in_all, query.cursor
    while left is None or left > 0:
        page = yield query.next_page(left, cursor)
        left, cursor = None if left is None else left - len(page), page.cursor
        if cursor is None:
            return
