"""No exception of another library leaves the engine; observers are no part of an operation."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ProfileNotFound,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from singletable import AsyncRepository, Repository, RequestError, create, transaction
from singletable.errors import (
    AccessRefused,
    Contended,
    InvalidOperation,
    ItemExists,
    ServiceError,
    ServiceUnavailable,
)
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from singletable.transport import boto3_transport
from tests.backends import Backend, client_of
from tests.singletable.shop import Product, product, shop
from tests.singletable.stub_server import Stub, answer, error, stub_server

GET = Product.key.get(product_id="lamp")
ADD = Product.key.patch(product_id="lamp").add(stock=1)
ONCE = Retry(attempts=1)

RAISED: list[tuple[Exception, type[RequestError], str]] = [
    (EndpointConnectionError(endpoint_url="x", error="y"), ServiceUnavailable, "no"),
    (ConnectTimeoutError(endpoint_url="x"), ServiceUnavailable, "no"),
    (ProxyConnectionError(proxy_url="x"), ServiceUnavailable, "no"),
    (ReadTimeoutError(endpoint_url="x"), ServiceUnavailable, "unknown"),
    (ConnectionClosedError(endpoint_url="x"), ServiceUnavailable, "unknown"),
    (HTTPClientError(error="x"), ServiceUnavailable, "unknown"),
    (SSLError(endpoint_url="x", error="y"), ServiceUnavailable, "unknown"),
    (ssl.SSLError("x"), ServiceUnavailable, "unknown"),
    (TimeoutError("x"), ServiceUnavailable, "unknown"),
    (NoCredentialsError(), AccessRefused, "no"),
    (ParamValidationError(report="x"), ServiceError, "no"),
    (ProfileNotFound(profile="x"), ServiceUnavailable, "no"),
    (AttributeError("'NoneType' object has no attribute 'items'"), ServiceUnavailable, "unknown"),
]


def sending(act: Callable[[], None]) -> Repository:
    """A repository whose client fails while it sends."""
    client = client_of.__wrapped__("http://127.0.0.1:9", retries={"total_max_attempts": 1})
    client.meta.events.register("before-send", lambda **_: act())
    return Repository(boto3_transport(client), shop, retry=ONCE)


def fails_with(raised: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise raised

    return fail


@pytest.mark.parametrize("case", RAISED, ids=lambda case: type(case[0]).__name__)
@pytest.mark.parametrize("operation", [create(product()), ADD], ids=["create", "add"])
def test_what_the_client_raises_becomes_an_error_that_knows(
    operation: Any, case: tuple[Exception, type[RequestError], str]
) -> None:
    """Whether the request may have been carried out."""
    raised, kind, written = case
    with pytest.raises(RequestError) as caught:
        sending(fails_with(raised)).write(operation)
    assert (type(caught.value), caught.value.written) == (kind, written)
    assert not isinstance(caught.value, (BotoCoreError, ClientError))


@pytest.mark.parametrize("case", RAISED, ids=lambda case: type(case[0]).__name__)
def test_a_failure_is_classified_by_what_it_says(
    case: tuple[Exception, type[RequestError], str],
) -> None:
    """A connection that was refused carried nothing; one that was lost may have."""
    from singletable.transport.botocore_errors import to_transport_error

    raised, _, written = case
    assert to_transport_error(raised, was_sent=True).is_refusal is (written == "no")
    assert type(raised) is ProfileNotFound or to_transport_error(raised, was_sent=True).message


UNSENDABLE: dict[str, Callable[[], Any]] = {
    "a lone surrogate": lambda: create(product(note="\ud800")),
    "a lone surrogate in a map": lambda: create(product(meta={"x": "\ud800"})),
}


@pytest.fixture
def stub() -> Any:
    with stub_server() as server:
        yield server


@pytest.mark.parametrize("kind", UNSENDABLE)
def test_what_cannot_be_sent_is_no_outage(stub: Stub, kind: str) -> None:
    """Nothing was written, and no UnicodeError is raised."""
    stub.will(answer({}))
    repository = Repository(boto3_transport(client_of(stub.endpoint)), shop)
    with pytest.raises(RequestError) as caught:
        repository.write(UNSENDABLE[kind]())
    assert (caught.value.written, stub.asked) == ("no", [])
    assert not isinstance(caught.value, ServiceUnavailable)


def test_what_is_no_client_is_refused_at_once() -> None:
    """A resource, a session, nothing."""
    for given in (None, object(), "dynamodb"):
        with pytest.raises(InvalidOperation):
            boto3_transport(given)  # type: ignore[arg-type]


class Foreign(Exception):
    """An exception of the library behind a transport of one's own."""


@pytest.mark.parametrize(
    "raised", [Foreign("x"), OSError("x"), TimeoutError(), KeyError("Item"), MemoryError()]
)
@pytest.mark.parametrize("operation", [GET, create(product()), ADD], ids=["get", "create", "add"])
def test_what_a_transport_raises_against_its_promise_is_an_error(
    operation: Any, raised: Exception
) -> None:
    """With the exception as the cause of its cause; of a write it is not known."""

    def transport(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise raised

    async def awaited(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise raised

    def run(repository: Any) -> Any:
        return repository.fetch(operation) if operation is GET else repository.write(operation)

    async def run_async() -> None:
        await run(AsyncRepository(awaited, shop))

    for act in (lambda: run(Repository(transport, shop)), lambda: asyncio.run(run_async())):
        with pytest.raises(ServiceUnavailable) as caught:
            act()
        assert caught.value.written == ("no" if operation is GET else "unknown")
        assert isinstance(caught.value.__cause__, TransportError)
        assert caught.value.__cause__.__cause__ is raised


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_whoever_interrupts_is_not_held_up(raised: type[BaseException]) -> None:
    """These are no failures of a request."""

    def transport(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise raised

    async def awaited(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        raise raised

    with pytest.raises(raised):
        Repository(transport, shop).write(create(product()))

    async def write() -> None:
        with pytest.raises(raised):
            await AsyncRepository(awaited, shop).write(create(product()))

    asyncio.run(write())


# observers


def failing(event: object) -> None:
    raise Foreign("an observer's fault")


def test_an_observer_that_fails_does_not_undo_a_write(
    db: Backend, caplog: pytest.LogCaptureFixture
) -> None:
    """The write is answered; the log has the fault once."""
    repository = db.another(observe=failing)
    with caplog.at_level(logging.ERROR, "singletable"):
        written = repository.write(create(product()))
        assert repository.fetch(GET) == written
        assert repository.write(ADD).stock == 1
        assert len(repository.fetch(Product.by_shelf.query(shelf="s"))) == 0
        assert list(repository.iterate(Product.by_shelf.query(shelf="s"))) == []
        for _ in range(2):
            with pytest.raises(ItemExists) as caught:
                repository.write(create(product()))
            assert caught.value.written == "no"
    assert [record.name for record in caplog.records] == ["singletable"]
    assert all(record.exc_info and record.exc_info[0] is Foreign for record in caplog.records)


def test_an_observer_of_failures_that_fails_does_not_stop_the_attempts() -> None:
    """Nor change the error in the end."""
    asked = list[str]()

    def transport(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(name)
        raise TransportError("TransactionConflictException", "busy")

    retry = Retry(attempts=3, sleep=lambda _: None)
    repository = Repository(transport, shop, retry=retry, observe=failing)
    with pytest.raises(Contended):
        repository.write(create(product()))
    assert len(asked) == 3


def test_an_observer_may_interrupt() -> None:
    """What is no error passes."""

    def interrupt(event: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Repository(lambda *_: {}, shop, observe=interrupt).fetch(GET)


def test_a_middleware_may_raise_what_it_wants() -> None:
    """It is the caller's own."""

    def middleware(operation: Any, context: Any, execute: Any) -> Any:
        raise Foreign("mine")

    with pytest.raises(Foreign):
        Repository(lambda *_: {}, shop).with_middleware(middleware).fetch(GET)


# botocore's own retries


BROKEN = error("InternalServerError", "oops", status=500)
SPOILED = answer({"Attributes": {}}, crc=1)
THROTTLED = error("ProvisionedThroughputExceededException", "too fast")


@pytest.mark.parametrize(
    "mode", ["standard", "legacy", pytest.param("adaptive", marks=pytest.mark.slow)]
)
def test_the_clients_retries_end_where_a_write_would_count_twice(
    stub: Stub, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the mode; throttling, which wrote nothing, is retried."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    client = client_of.__wrapped__(
        stub.endpoint, retries={"mode": mode, "max_attempts": 4}, read_timeout=60
    )
    repository = Repository(boto3_transport(client), shop, retry=Retry(sleep=lambda _: None))
    for lost in (BROKEN, SPOILED):
        stub.asked.clear()
        stub.will(THROTTLED, lost, answer({"Attributes": {}}))
        with pytest.raises(ServiceUnavailable) as caught:
            repository.write(ADD)
        assert (caught.value.written, len(stub.asked)) == ("unknown", 2)
    client.close()


def test_the_clients_retries_of_a_transaction_keep_its_token(stub: Stub) -> None:
    """And of time-outs: one token for all attempts."""
    stub.will(BROKEN, BROKEN, answer({}))
    client = client_of.__wrapped__(stub.endpoint)
    repository = Repository(boto3_transport(client), shop)
    repository.write(transaction(create(product()), create(product("desk"))))
    assert len({asked["ClientRequestToken"] for asked in stub.asked}) == 1
    assert len(stub.asked) == 3
    client.close()


def test_a_refusal_behind_the_clients_retries_knows_of_them(stub: Stub) -> None:
    """The first attempt was carried out, and another changed the item before the second."""
    other = {"PK": {"S": "PRODUCT#lamp"}, "SK": {"S": "PRODUCT"}, "name": {"S": "another's"}}
    stub.will(BROKEN, error("ConditionalCheckFailedException", "no", Item=other))
    client = client_of.__wrapped__(stub.endpoint)
    with pytest.raises(ItemExists) as caught:
        Repository(boto3_transport(client), shop).write(create(product()))
    assert caught.value.written == "unknown"
    client.close()


def test_a_transport_in_a_thread_of_its_own_tells_as_much(stub: Stub) -> None:
    """An asynchronous adapter over an executor, where no context is passed on."""
    other = {"PK": {"S": "PRODUCT#lamp"}, "SK": {"S": "PRODUCT"}}
    client = client_of.__wrapped__(stub.endpoint)
    send = boto3_transport(client)

    async def transport(name: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, send, name, parameters)

    async def write(operation: Any) -> RequestError:
        with pytest.raises(RequestError) as caught:
            await AsyncRepository(transport, shop).write(operation)
        return caught.value

    stub.will(BROKEN, error("ConditionalCheckFailedException", "no", Item=other))
    assert asyncio.run(write(create(product()))).written == "unknown"
    stub.asked.clear()
    stub.will(BROKEN, answer({"Attributes": {}}))
    assert asyncio.run(write(ADD)).written == "unknown"
    assert len(stub.asked) == 1
    client.close()


@pytest.mark.parametrize(("attempts", "expected"), [(1, False), (3, True)])
def test_a_failure_says_whether_the_client_sent_it_before(
    stub: Stub, attempts: int, expected: bool
) -> None:
    """One lost attempt is no repetition."""
    stub.will(BROKEN)
    client = client_of.__wrapped__(stub.endpoint, retries={"total_max_attempts": attempts})
    with pytest.raises(TransportError) as caught:
        boto3_transport(client)("PutItem", {"TableName": "t", "Item": {"PK": {"S": "a"}}})
    assert (caught.value.was_repeated, caught.value.is_refusal) == (expected, False)
    client.close()
