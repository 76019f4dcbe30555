"""F1 and F2: whatever the network or the service does, one error of the engine, in bounded tries.

The real client talks to a stub server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from singletable import Repository, RequestError, create, transaction
from singletable.errors.request import ItemExists, TransactionCancelled
from singletable.errors.service import (
    AccessRefused,
    Contended,
    IndexMissing,
    ServiceError,
    ServiceUnavailable,
    TableMissing,
    Throttled,
)
from singletable.errors.transport import TransportError
from singletable.inspect import Retry
from singletable.transport import boto3_transport
from tests.backends import client_of
from tests.singletable.raises import raises
from tests.singletable.shop import Product, line, product, shop
from tests.singletable.stub_server import Answer, Stub, answer, error, stub_server

ATTEMPTS = 3
GET = Product.key.get(product_id="lamp")
LAMP = {"Item": {"entity": {"S": "Product"}, "product_id": {"S": "lamp"}, "name": {"S": "Lamp"}}}
LAMP["Item"]["status"] = {"S": "draft"}
GOOD = answer(LAMP)
THROTTLED = error("ProvisionedThroughputExceededException", "too fast")
BROKEN = error("InternalServerError", "oops", status=500)
HTML = Answer(502, b"<html><body>Bad Gateway</body></html>", kind="text/html", checked=False)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", _at_once)
    with stub_server() as server:
        yield server


def _at_once(*_: Any) -> float:
    return 0.0


def repository(stub: Stub, read_timeout: float = 10, **options: Any) -> Repository:
    client = client_of(stub.endpoint, read_timeout=read_timeout, connect_timeout=10)
    retry = Retry(attempts=4, sleep=lambda _: None)
    return Repository(boto3_transport(client), shop, **({"retry": retry} | options))


def refused(act: Callable[[], Any], kind: type[RequestError], **facts: str) -> RequestError:
    """The error, which is of exactly this kind and hides no SDK in its face."""
    with raises(kind, **facts) as caught:
        act()
    assert not isinstance(caught.value, (BotoCoreError, ClientError))
    assert "testing" not in str(caught.value)
    return caught.value


PASSING = {
    "throttling": THROTTLED,
    "server error": BROKEN,
    "gateway page": HTML,
    "reset": Answer(reset=True),
    "silence": answer(LAMP, wait=2.0),
    "corrupt body": answer(LAMP, crc=1),
}


@pytest.mark.parametrize("kind", PASSING)
def test_f1_what_passes_is_retried_and_then_answered(stub: Stub, kind: str) -> None:
    """Twice it fails, then it succeeds."""
    stub.will(PASSING[kind], PASSING[kind], GOOD)
    assert repository(stub, 1 if kind == "silence" else 10).fetch(GET) == product()
    assert len(stub.asked) == ATTEMPTS


@pytest.mark.parametrize("kind", PASSING)
def test_f1_what_does_not_pass_is_one_error_with_its_cause(stub: Stub, kind: str) -> None:
    """After a bounded number of attempts; reads and writes alike."""
    stub.will(PASSING[kind])
    expected = Throttled if kind == "throttling" else ServiceUnavailable
    asking = repository(stub, 0.3 if kind == "silence" else 10)
    for act in (
        lambda: asking.fetch(GET),
        lambda: asking.write(create(product())),
        lambda: asking.write(transaction(create(product()), create(line()))),
    ):
        stub.asked.clear()
        caught = refused(act, expected)
        assert isinstance(caught.__cause__, TransportError)
        stub.await_asked(ATTEMPTS)


MANGLED = {
    "truncated JSON": Answer(body=GOOD.body[:-9], checked=False),
    "a page of a proxy": Answer(body=b"<html>Log in</html>", kind="text/html", checked=False),
    "nothing": Answer(body=b"", checked=False),
    "no object": Answer(body=b"[]"),
    "an item that is text": answer({"Item": "lamp"}),
    "an attribute that is text": answer({"Item": {"entity": "Product"}}),
    "not UTF-8": Answer(body=b'{"Item": {"entity": {"S": "\xff"}}}'),
}


@pytest.mark.parametrize("kind", MANGLED)
def test_f1_an_answer_that_cannot_be_read_is_not_taken_for_an_empty_one(
    stub: Stub, kind: str
) -> None:
    """A status of 200 is no promise about the body: a get never answers None for it."""
    stub.will(MANGLED[kind])
    caught = refused(lambda: repository(stub).fetch(GET), ServiceUnavailable)
    assert isinstance(caught.__cause__, TransportError)
    assert len(stub.asked) <= ATTEMPTS


def test_f1_nobody_listening_is_one_error() -> None:
    """A port without a server."""
    with stub_server() as gone:
        pass
    refused(lambda: repository(gone).fetch(GET), ServiceUnavailable, detail=gone.endpoint)


def test_f2_wrong_credentials_say_what_to_check(stub: Stub) -> None:
    """And are not tried again."""
    stub.will(error("UnrecognizedClientException", "The security token is invalid."))
    caught = refused(lambda: repository(stub).fetch(GET), AccessRefused)
    assert "credentials" in caught.remedy.lower()
    assert len(stub.asked) == 1


def test_f2_a_signature_that_is_refused_shows_no_token(stub: Stub) -> None:
    """DynamoDB repeats the signed headers, the session token among them."""
    told = "Signature mismatch.\n\nThe Canonical String was\n'x-amz-security-token:S3CR'"
    stub.will(error("InvalidSignatureException", told))
    caught = refused(
        lambda: repository(stub).fetch(GET), AccessRefused, detail="Signature mismatch"
    )
    chain: BaseException | None = caught
    while chain is not None:
        assert "S3CR" not in str(chain)
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)


def test_f2_no_credentials_at_all(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent."""
    import boto3

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    session = boto3.Session(region_name="eu-west-1")
    client = session.client("dynamodb", endpoint_url=stub.endpoint)
    stub.will(GOOD)
    bare = Repository(boto3_transport(client), shop)
    refused(lambda: bare.fetch(GET), AccessRefused)
    assert stub.asked == []


def test_f2_a_missing_table_and_a_missing_index_say_so(stub: Stub) -> None:
    """Each with its own remedy."""
    stub.will(error("ResourceNotFoundException", "Requested resource not found"))
    caught = refused(lambda: repository(stub).fetch(GET), TableMissing)
    assert "region" in caught.why
    stub.will(error("ValidationException", "The table does not have the specified index: GSI1"))
    query = Product.by_shelf.query(shelf="s")
    refused(lambda: repository(stub).fetch(query), IndexMissing, detail="GSI1")


def test_f1_a_parameter_that_the_client_refuses_is_no_outage(stub: Stub) -> None:
    """It would fail for ever."""
    send = boto3_transport(client_of(stub.endpoint))
    nameless = Repository(
        lambda operation, asked: send(operation, {**asked, "TableName": ""}), shop
    )
    refused(lambda: nameless.fetch(GET), ServiceError, code="ParamValidation")
    assert stub.asked == []


# conflicts of transactions

CONFLICT = error(
    "TransactionCanceledException",
    "Transaction cancelled",
    CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict", "Message": "busy"}],
)
WHOLE = transaction(create(product()), create(line()))


def test_b6_a_conflict_is_tried_again_with_the_same_token(stub: Stub) -> None:
    """Every repetition is the same transaction."""
    stub.will(CONFLICT, CONFLICT, error("TransactionInProgressException", "busy"), Answer())
    assert repository(stub).write(WHOLE) is None
    tokens = {asked["ClientRequestToken"] for asked in stub.asked}
    assert (len(stub.asked) >= 4, len(tokens)) == (True, 1)
    stub.will(Answer())
    repository(stub).write(WHOLE)
    assert stub.asked[-1]["ClientRequestToken"] not in tokens


def test_b6_a_given_token_is_the_one_that_is_sent(stub: Stub) -> None:
    """Also by repetitions."""
    stub.will(CONFLICT, Answer())
    repository(stub).write(transaction(create(product()), create(line()), token="mine"))
    assert [asked["ClientRequestToken"] for asked in stub.asked] == ["mine", "mine"]


def test_f1_endless_conflict_is_contention_after_the_stated_attempts(stub: Stub) -> None:
    """With the last fault as its cause, and a pause between any two attempts."""
    pauses = list[float]()
    retry = Retry(attempts=5, base=0.1, ceiling=0.5, sleep=pauses.append, jitter=lambda: 1.0)
    stub.will(CONFLICT)
    caught = refused(lambda: repository(stub, retry=retry).write(WHOLE), Contended)
    assert isinstance(caught, Contended)
    assert (caught.attempts, len(stub.asked)) == (5, 5)
    assert pauses == [0.2, 0.4, 0.5, 0.5]
    assert isinstance(caught.__cause__, TransportError)


def test_f1_a_single_write_contends_with_transactions(stub: Stub) -> None:
    """TransactionConflictException is tried again as well."""
    stub.will(error("TransactionConflictException", "busy"), Answer())
    assert repository(stub).write(create(product())).product_id == "lamp"
    assert len(stub.asked) == 2


def test_b4_a_refusal_beside_a_conflict_is_the_refusal(stub: Stub) -> None:
    """What cannot succeed is not tried again."""
    stub.will(
        error(
            "TransactionCanceledException",
            "Transaction cancelled",
            CancellationReasons=[
                {"Code": "ConditionalCheckFailed", "Item": LAMP["Item"]},
                {"Code": "TransactionConflict"},
            ],
        )
    )
    with pytest.raises(TransactionCancelled) as caught:
        repository(stub).write(WHOLE)
    assert {at: type(why) for at, why in caught.value.failures.items()} == {0: ItemExists}
    assert len(stub.asked) == 1


def test_f1_a_cancellation_that_nobody_understands_names_the_action(stub: Stub) -> None:
    """By position and reason."""
    stub.will(
        error(
            "TransactionCanceledException",
            "Transaction cancelled",
            CancellationReasons=[{"Code": "None"}, {"Code": "ValidationError", "Message": "bad"}],
        )
    )
    named = "action 2: ValidationError bad"
    refused(lambda: repository(stub).write(WHOLE), ServiceError, detail=named)
