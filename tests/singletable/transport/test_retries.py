"""What lean transports send again, when, how often, and what they tell of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

import pytest

from singletable.errors.transport import NO_CREDENTIALS, UNREACHABLE, UNREADABLE, TransportError
from singletable.transport.attempts import CURRENT, Attempts
from singletable.transport.lean.answers import Answer as Answered
from singletable.transport.lean.calls import Budget, Call, Failure, Service
from singletable.transport.lean.signing import StaticCredentials
from tests.singletable.stub_server import Answer, Stub, answer, error
from tests.singletable.transport.conftest import OpenLean

GET = ("GetItem", {"TableName": "t", "Key": {"PK": {"S": "a"}}})
PUT = ("PutItem", {"TableName": "t", "Item": {"PK": {"S": "a"}}})
ADD = (
    "UpdateItem",
    {
        "TableName": "t",
        "Key": {"PK": {"S": "a"}},
        "UpdateExpression": "ADD #a :a",
        "ExpressionAttributeNames": {"#a": "n"},
        "ExpressionAttributeValues": {":a": {"N": "1"}},
    },
)
THROTTLED = error("ProvisionedThroughputExceededException", "too fast")
BROKEN = error("InternalServerError", "oops", status=500)
REFUSED = error("ConditionalCheckFailedException", "no", Item={"PK": {"B": "eA=="}})
LOST = {
    "server error": BROKEN,
    "gateway": Answer(502, b"<html>", kind="text/html", checked=False),
    "reset": Answer(reset=True),
    "corrupt": Answer(crc=1),
    "no JSON": Answer(body=b"{", checked=False),
}


def failing(act: Callable[[], Any]) -> TransportError:
    with pytest.raises(TransportError) as caught:
        act()
    return caught.value


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
@pytest.mark.parametrize("asked", [GET, PUT], ids=["get", "put"])
def test_what_passes_is_answered(stub: Stub, open_lean: OpenLean, asked: Any, lost: Answer) -> None:
    """Reads, and writes that may be carried out twice; each attempt at a write is noted."""
    stub.will(lost, THROTTLED, answer({"x": {"S": "y"}}))
    attempts = Attempts()
    token = CURRENT.set(attempts)
    try:
        assert open_lean(stub.endpoint)(*asked) == {"x": {"S": "y"}}
    finally:
        CURRENT.reset(token)
    assert len(stub.asked) == 3
    assert attempts.possible == (2 if asked is PUT else 0)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_what_counts_is_not_sent_twice(stub: Stub, open_lean: OpenLean, lost: Answer) -> None:
    """Unless it was certainly refused before."""
    stub.will(THROTTLED, lost, answer({}))
    caught = failing(lambda: open_lean(stub.endpoint)(*ADD))
    assert (caught.is_refusal, caught.was_repeated) == (False, False)
    assert len(stub.asked) == 2


@pytest.mark.usefixtures("at_once")
def test_a_refusal_knows_of_a_lost_answer(stub: Stub, open_lean: OpenLean) -> None:
    """And shows the item, whose bytes are bytes."""
    stub.will(BROKEN, REFUSED)
    caught = failing(lambda: open_lean(stub.endpoint)(*PUT))
    assert (caught.code, caught.message) == ("ConditionalCheckFailedException", "no")
    assert (caught.is_refusal, caught.was_repeated) == (True, True)
    assert caught.item == {"PK": {"B": b"x"}}


def test_a_refusal_is_told_at_once(stub: Stub, open_lean: OpenLean) -> None:
    """With the reasons of a cancelled transaction."""
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Message": "m"}]
    stub.will(error("TransactionCanceledException", "cancelled", CancellationReasons=reasons))
    caught = failing(lambda: open_lean(stub.endpoint)("TransactWriteItems", {"TransactItems": []}))
    assert [(each.code, each.message) for each in caught.reasons] == [
        ("None", ""),
        ("ConditionalCheckFailed", "m"),
    ]
    assert (len(stub.asked), caught.was_repeated) == (1, False)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_attempts_are_as_many_as_are_said(stub: Stub, open_lean: OpenLean, attempts: int) -> None:
    """The last failure is the error."""
    stub.will(*[BROKEN] * (attempts - 1), THROTTLED)
    caught = failing(lambda: open_lean(stub.endpoint, attempts=attempts)(*PUT))
    assert caught.code == "ProvisionedThroughputExceededException"
    assert (len(stub.asked), caught.was_repeated) == (attempts, attempts > 1)


@pytest.mark.usefixtures("at_once")
def test_nobody_listening_is_a_refusal(stub: Stub, open_lean: OpenLean) -> None:
    """Nothing was carried out, so that it is sent again even where it counts."""
    caught = failing(lambda: open_lean("http://127.0.0.1:9")(*ADD))
    assert (caught.code, caught.is_refusal) == (UNREACHABLE, True)
    assert "http://127.0.0.1:9" in caught.message


def test_what_cannot_be_sent_is_refused(stub: Stub, open_lean: OpenLean) -> None:
    """Without asking anybody."""
    send = open_lean(stub.endpoint)
    for operation, parameters in (("GetItem", {"x": "\ud800"}), ("a\r\nb: c", {})):
        caught = failing(lambda o=operation, p=parameters: send(o, p))  # type: ignore[misc]
        assert (caught.code, caught.is_refusal) == ("ParamValidation", True)
    assert stub.asked == []


def test_credentials_that_no_header_can_hold_are_none(stub: Stub, open_lean: OpenLean) -> None:
    """The error does not show them."""
    send = open_lean(stub.endpoint, credentials=StaticCredentials("key\r\nx: y", "secret"))
    caught = failing(lambda: send(*GET))
    assert (caught.code, caught.is_refusal) == (NO_CREDENTIALS, True)
    assert "key" not in caught.message.replace("access key", "")
    assert stub.asked == []


class Source:
    """Credentials that are renewed, or cannot be had."""

    def __init__(self, *found: StaticCredentials | Exception) -> None:
        self.found = list(found)

    def refresh_needed(self) -> bool:
        return True

    def get_frozen_credentials(self) -> StaticCredentials:
        found = self.found.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


@pytest.mark.usefixtures("at_once")
def test_credentials_are_asked_for_at_each_attempt(stub: Stub, open_lean: OpenLean) -> None:
    """A source that fails is no outage of DynamoDB."""
    keys = StaticCredentials("a", "b"), StaticCredentials("c", "d", "token")
    source = Source(*keys, OSError("the metadata service is away"))
    send = open_lean(stub.endpoint, credentials=source)
    stub.will(BROKEN, answer({}))
    assert send(*GET) == {}
    assert source.found != []
    caught = failing(lambda: send(*GET))
    assert (caught.code, caught.is_refusal) == (NO_CREDENTIALS, True)
    assert isinstance(caught.__cause__, OSError)


# the clock, by calls without a network


CLOCK = b'{"__type": "x#InvalidSignatureException", "message": "Signature expired: x\\ntoken"}'


def judged(call: Call, status: int, body: bytes, **headers: str) -> Any:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"http/1.1 {status} x\r\n{lines}".lower().encode()
    call.is_open = True
    return call.answered(Answered(status, head, body, stays_open=True))


class Noted:
    """A signer that notes the seconds of each signature."""

    def __init__(self) -> None:
        self.times = list[float]()

    def headers(self, _: Any, __: str, ___: bytes, now: float) -> str:
        self.times.append(now)
        return ""


@pytest.mark.parametrize("skew", [-4000, 4000])
@pytest.mark.parametrize("attempts", [1, 3])
def test_a_wrong_clock_is_set_by_the_service(skew: float, attempts: int) -> None:
    """Once in a call, beside the other attempts; for all calls to come."""
    service, signer = Service(attempts), Noted()
    with Call(service, *ADD) as call:
        call.headers(signer, None)  # type: ignore[arg-type]
        there = formatdate(time.time() + skew, usegmt=True)
        assert judged(call, 400, CLOCK, date=there) is None
        assert call.pause == 0
        call.headers(signer, None)  # type: ignore[arg-type]
        assert judged(call, 200, b"{}") == {}
    assert signer.times[1] - signer.times[0] == pytest.approx(skew, abs=5)
    with Call(service, *GET) as call:
        call.headers(signer, None)  # type: ignore[arg-type]
        caught = failing(lambda: judged(call, 400, CLOCK, date=there))
    assert signer.times[2] - signer.times[0] == pytest.approx(skew, abs=5)
    assert caught.message == "Signature expired: x"


@pytest.mark.parametrize("date", ["now", "yesterday", None])
def test_a_wrong_signature_is_refused(date: str | None) -> None:
    """Where the clock is right, or nobody says what it should be."""
    with Call(Service(3), *GET) as call:
        told = formatdate(usegmt=True) if date == "now" else date
        given = {} if told is None else {"date": told}
        assert failing(lambda: judged(call, 400, CLOCK, **given)).is_refusal


# the time of a call


@pytest.mark.parametrize("left", [6.9, 0.0, -1.0])
def test_no_attempt_begins_that_could_take_longer_than_there_is_time(left: float) -> None:
    """Nothing is sent: what was before is not undone by it."""
    times = [20.0, left]
    service = Service(3, seconds=7.0, time_left=lambda: times.pop(0))
    with Call(service, *ADD) as call:
        call.headers(Noted(), None)  # type: ignore[arg-type]
        call.failed(Failure("reset", is_sent=False))
        error = failing(lambda: call.headers(Noted(), None))  # type: ignore[arg-type,return-value]
        assert (error.code, error.carried_out) == (UNREACHABLE, "no")
        assert "time of the request" in error.message


@pytest.mark.parametrize("left", [7.0, None])
def test_without_an_end_or_with_time_enough_an_attempt_begins(left: float | None) -> None:
    """What it may take is connecting and waiting."""
    with Call(Service(1, seconds=7.0, time_left=lambda: left), *ADD) as call:
        assert call.headers(Noted(), None) == ""  # type: ignore[arg-type]


# pauses and their budget


def test_pauses_grow_and_are_spread_at_random(monkeypatch: pytest.MonkeyPatch) -> None:
    """From nothing up to a bound that doubles; longer where DynamoDB throttles, or asks for it."""
    for chance, share in ((lambda: 0.0, 0.0), (lambda: 1.0, 1.0)):
        monkeypatch.setattr("random.random", chance)
        pauses = list[float]()
        with Call(Service(20), *GET) as call:
            for _ in range(12):
                call.headers(Noted(), None)  # type: ignore[arg-type]
                call.failed(Failure("lost", is_sent=True))
                pauses.append(call.pause)
        assert pauses == [share * min(0.025 * 2**at, 20) for at in range(12)]
        with Call(Service(9), *GET) as call:
            call.headers(Noted(), None)  # type: ignore[arg-type]
            judged(call, 400, THROTTLED.body)
            assert call.pause == share
            judged(call, 400, THROTTLED.body, x_amz_retry_after="1500")
            assert call.pause == max(share, 1.5)
            judged(call, 503, b"", x_amz_retry_after="90000")
            assert call.pause == share * 0.025 + 5


def test_when_everything_fails_calls_fail_at_once() -> None:
    """Good answers give back what retries took."""
    budget = Budget()
    assert sum(bool(budget.take(is_throttled=False)) for _ in range(100)) == 500 // 14
    assert budget.take(is_throttled=False) == 0
    assert budget.take(is_throttled=True) == 5
    for _ in range(13):
        budget.give(0)
    assert budget.take(is_throttled=False) == 14
    for _ in range(10**3):
        budget.give(14)
    assert sum(bool(budget.take(is_throttled=True)) for _ in range(200)) == 100


def test_an_exhausted_budget_ends_a_call() -> None:
    """With its last failure."""
    service = Service(100)
    while service.budget.take(is_throttled=True):
        pass
    with Call(service, *GET) as call:
        caught = failing(lambda: call.failed(Failure("lost", is_sent=True)))
    assert (caught.code, caught.message) == (UNREACHABLE, "lost")


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, b'{"__type": "a.b#XException:http://x/", "Message": "m"}', "XException"),
        (413, b"", "413"),
        (418, b'{"__type": 5, "CancellationReasons": 7, "Item": "x"}', "5"),
        (403, b'{"CancellationReasons": ["x"]}', "403"),
        (301, b"<html>", "301"),
    ],
)
def test_other_errors_are_told_by_code_or_status(status: int, body: bytes, code: str) -> None:
    """Whatever their bodies are."""
    with Call(Service(3), *GET) as call:
        caught = failing(lambda: judged(call, status, body))
    assert (caught.code, caught.item, caught.reasons) == (code, None, ())
    assert caught.is_refusal is (status >= 400)


def test_a_corrupt_error_is_no_error_of_the_service() -> None:
    """It is sent again."""
    with Call(Service(2), *GET) as call:
        call.headers(Noted(), None)  # type: ignore[arg-type]
        assert judged(call, 400, REFUSED.body, x_amz_crc32="1") is None
        call.headers(Noted(), None)  # type: ignore[arg-type]
        caught = failing(lambda: judged(call, 400, REFUSED.body, x_amz_crc32="1"))
    assert (caught.code, caught.is_refusal) == (UNREADABLE, False)
