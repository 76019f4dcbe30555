"""A transport that blocks serves an asynchronous repository, a thread for each request."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from singletable import AsyncRepository, Entity, Table, create, create_table
from singletable.errors import ItemExists, ServiceUnavailable
from singletable.testing import faulty, lose_answer, memory_transport
from singletable.transport import Transport, boto3_transport, in_threads
from tests.backends import client_of
from tests.singletable.raises import raises

shelves = Table("threaded-shelves")


class Book(Entity, table=shelves):
    """A book."""

    book_id: str
    key = shelves.primary.key("BOOK#{book_id}", "BOOK")


@pytest.fixture
def transport() -> Transport:
    made = memory_transport()
    made("CreateTable", create_table(shelves))
    return made


def test_reads_and_writes_are_those_of_the_transport(transport: Transport) -> None:
    """Errors included."""

    async def main() -> Book | None:
        repository = AsyncRepository(in_threads(transport), shelves)
        await repository.write(create(Book(book_id="1")))
        with pytest.raises(ItemExists):
            await repository.write(create(Book(book_id="1")))
        return await repository.fetch(Book.key.get(book_id="1"))

    assert asyncio.run(main()) == Book(book_id="1")


def test_requests_wait_side_by_side_and_not_in_the_loop(transport: Transport) -> None:
    """As many as the executor has threads."""
    seen = set[int]()
    both = threading.Barrier(2, timeout=10)

    def slow(operation: str, parameters: Any) -> Any:
        seen.add(threading.get_ident())
        both.wait()
        return transport(operation, parameters)

    async def main() -> None:
        with ThreadPoolExecutor(2) as executor:
            repository = AsyncRepository(in_threads(slow, executor), shelves)
            reads = [repository.fetch(Book.key.get(book_id=each)) for each in "ab"]
            await asyncio.gather(*reads)

    asyncio.run(main())
    assert len(seen) == 2
    assert threading.get_ident() not in seen


def test_what_was_noted_of_a_lost_answer_is_known(transport: Transport) -> None:
    """A create whose answer was lost finds its own item, and is done."""

    async def main() -> Book:
        losing = faulty(transport, lose_answer("PutItem"))
        repository = AsyncRepository(in_threads(losing), shelves)
        return await repository.write(create(Book(book_id="1")))

    assert asyncio.run(main()) == Book(book_id="1")


def test_a_write_of_a_cancelled_task_may_be_carried_out(transport: Transport) -> None:
    """Nobody can stop what a thread has begun."""
    begun = threading.Event()

    def slow(operation: str, parameters: Any) -> Any:
        begun.set()
        time.sleep(0.05)
        return transport(operation, parameters)

    async def main() -> None:
        task = asyncio.create_task(
            AsyncRepository(in_threads(slow), shelves).write(create(Book(book_id="1")))
        )
        await asyncio.to_thread(begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert len(transport("Scan", {"TableName": shelves.name})["Items"]) == 1


def test_botos_errors_are_the_engines() -> None:
    """Of a client that leads nowhere."""
    client = client_of("http://127.0.0.1:9")

    async def main() -> None:
        await AsyncRepository(in_threads(boto3_transport(client)), shelves).fetch(
            Book.key.get(book_id="1")
        )

    with raises(ServiceUnavailable, written="no"):
        asyncio.run(main())
