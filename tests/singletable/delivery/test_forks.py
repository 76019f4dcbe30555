"""O5: a forked child shares no connection with its parent, and waits for no thread of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest

from singletable import Repository, create, create_table, put
from singletable.testing import memory_transport
from singletable.transport import Transport, boto3_transport
from tests.backends import client_of
from tests.singletable.delivery.network import memory_server
from tests.singletable.shop import Product, product, shop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform cannot fork"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),
]

READS = 60


def in_child(act: Callable[[], int]) -> int:
    """Starts a child whose exit code is what `act` returns; 70 where it raises."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = act()
        finally:
            os._exit(code)
    return child


def code_of(child: int, seconds: float = 30) -> int:
    """Its exit code; it is killed if it hangs."""
    timer = threading.Timer(seconds, os.kill, (child, 9))
    timer.start()
    _, status = os.waitpid(child, 0)
    timer.cancel()
    return os.waitstatus_to_exitcode(status)


def count_wrong(repository: Repository, mine: list[str]) -> int:
    """How many of many reads answer another question, or none."""
    wrong = 0
    for number in range(READS):
        asked = mine[number % len(mine)]
        found = repository.fetch(Product.key.get(product_id=asked))
        wrong += found is None or found.product_id != asked
    return wrong


def filled() -> Transport:
    transport = memory_transport()
    transport("CreateTable", create_table(shop, "shop"))
    for number in range(8):
        Repository(transport, shop).write(create(product(f"p{number}")))
    return transport


def test_children_and_parent_get_their_own_answers() -> None:
    """Two children and the parent read at once, by a client that was used before the fork."""
    with memory_server(filled()) as endpoint:
        client = client_of.__wrapped__(endpoint)
        repository = Repository(boto3_transport(client), shop)
        assert count_wrong(repository, ["p0"]) == 0
        children = [
            in_child(lambda own=own: count_wrong(repository, own))  # type: ignore[misc]
            for own in (["p1", "p2"], ["p3", "p4"])
        ]
        assert count_wrong(repository, ["p5", "p6"]) == 0
        assert [code_of(child) for child in children] == [0, 0]
        client.close()


def test_a_child_opens_connections_of_its_own() -> None:
    """Those of its parent stay open for the parent."""
    from singletable.transport import boto3

    closed = list[str]()

    class Client:
        class meta:  # noqa: N801 - its name there
            class events:  # noqa: N801
                register = register_first = register_last = staticmethod(lambda *_, **__: None)

        def close(self) -> None:
            closed.append("closed")

    client: Any = Client()
    boto3_transport(client)
    assert client in boto3._CLIENTS
    assert code_of(in_child(lambda: len(closed))) == 1
    assert closed == []


def test_a_store_in_memory_is_whole_and_free_in_a_child() -> None:
    """However busy other threads keep it while it is forked."""
    transport = filled()
    repository, stop = Repository(transport, shop), threading.Event()

    def keep_busy() -> None:
        while not stop.is_set():
            repository.write(put(product("busy", note="n")))

    threads = [threading.Thread(target=keep_busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        children = [in_child(lambda: count_wrong(repository, ["p1"])) for _ in range(10)]
        assert [code_of(child) for child in children] == [0] * len(children)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert count_wrong(repository, ["p1"]) == 0


def test_a_store_in_memory_can_be_forked_from_within() -> None:
    """By a clock that forks, while the store is being asked."""
    codes = list[int]()
    repository: Repository | None = None

    def clock() -> float:
        if repository is not None and not codes:
            codes.append(-1)
            codes[0] = code_of(in_child(lambda: count_wrong(repository, ["p1"])), 10)
        return 0.0

    transport = memory_transport(clock=clock)
    transport("CreateTable", create_table(shop, "shop"))
    repository = Repository(transport, shop)
    repository.write(create(product("p1")))
    codes.clear()
    from singletable import transaction

    repository.write(transaction(create(product("p2")), create(product("p3"))))
    assert codes == [0]
    assert count_wrong(repository, ["p1", "p2", "p3"]) == 0


def test_a_child_does_not_change_its_parents_store() -> None:
    """Each has a store of its own from then on."""
    repository = Repository(filled(), shop)

    def write() -> int:
        repository.write(put(product("child")))
        return 0 if repository.fetch(Product.key.get(product_id="child")) else 1

    assert code_of(in_child(write)) == 0
    assert repository.fetch(Product.key.get(product_id="child")) is None
