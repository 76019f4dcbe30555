"""From stream records to the topic: all of them, in order, at least once, none dropped silently."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from app.core.context import current_traceparent
from app.services import relay
from app.services.relay import (
    MOST,
    MOST_ATTEMPTS,
    MOST_BYTES,
    Message,
    Polling,
    Record,
    Relay,
    TopicError,
    batches,
    message_of,
)
from model import PostId
from tests.app.services.events.made import a_record, an_event

OTHER = PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RZ")


@dataclass
class Listening:
    """A topic that takes all but the requests, and the messages, that it is told to refuse."""

    down: set[int] = field(default_factory=set[int])
    refused: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    heard: list[Message] = field(default_factory=list[Message])
    requests: int = 0

    def publish(self, messages: Sequence[Message]) -> Mapping[int, str]:
        self.requests += 1
        if self.requests in self.down:
            raise TopicError("InternalError")
        failed = {at for at in range(len(messages)) if (self.requests, at) in self.refused}
        self.heard.extend(each for at, each in enumerate(messages) if at not in failed)
        return dict.fromkeys(failed, "Throttled")


def records(many: int, *, posts: int = 1) -> list[dict[str, Any]]:
    """Publications, one after the other, of as many posts in turn."""
    names = [PostId(f"01JD9GZ2J0V5X7Q3M8K4T6B1{at:02}") for at in range(posts)]
    made = [an_event(post_id=names[at % posts], version=at + 1) for at in range(many)]
    return [a_record(event, number) for number, event in enumerate(made, start=100)]


def bodies(brought: Sequence[Record]) -> list[str]:
    return [message_of(each).body for each in brought]


def test_all_are_told_in_order() -> None:
    """Few at a time, and two of one post never in one request."""
    topic, brought = Listening(), records(25, posts=25)
    assert Relay(topic)(brought) is None
    assert [each.body for each in topic.heard] == bodies(brought)
    assert topic.requests == 3
    topic, brought = Listening(), records(4, posts=2)
    assert Relay(topic)(brought) is None
    assert topic.requests == 2
    assert [each.body for each in topic.heard] == bodies(brought)


def test_filters_and_traces_go_along() -> None:
    """Type and version as attributes; a trace where the event has one."""
    message = message_of(a_record())
    assert message.attributes == {"eventType": "post.published", "eventVersion": "1"}
    traced = an_event().model_copy(update={"traceparent": "00-0af-b7a-01"})
    assert message_of(a_record(traced)).attributes["traceparent"] == "00-0af-b7a-01"


def test_what_is_no_announcement_is_passed_over() -> None:
    """Expiry, changes, and every other entity's items."""
    topic, other = Listening(), a_record()
    other["dynamodb"]["Keys"]["PK"] = {"S": "POST#01JD9GZ2J0V5X7Q3M8K4T6B1RA"}
    expired = a_record(eventName="REMOVE", userIdentity={"type": "Service"})
    assert Relay(topic)([expired, a_record(eventName="MODIFY"), other]) is None
    assert topic.requests == 0


@pytest.mark.parametrize("spoilt", ["entity", "body", "event_id"])
def test_what_cannot_be_read_stops_the_relay(spoilt: str, caplog: pytest.LogCaptureFixture) -> None:
    """What came before is told; the record is named, so that it ends among the dead letters."""
    topic, brought = Listening(), records(3, posts=3)
    del brought[1]["dynamodb"]["NewImage"][spoilt]
    with caplog.at_level(logging.ERROR):
        assert Relay(topic)(brought) == "101"
    assert [each.body for each in topic.heard] == bodies(brought[:1])
    assert "an event cannot be read" in caplog.text


def test_a_topic_that_is_down_hears_it_later() -> None:
    """The first of the batch is named; brought again from there, nothing is missing."""
    topic, brought = Listening(down={2}), records(25, posts=25)
    assert Relay(topic)(brought) == "110"
    assert len(topic.heard) == 10
    assert Relay(topic)(brought[10:]) is None
    assert [each.body for each in topic.heard] == bodies(brought)


def test_a_message_that_is_refused_stops_the_relay() -> None:
    """What is beside it in the request was taken, and is told twice: with the same id."""
    topic, brought = Listening(refused={(1, 2)}), records(12, posts=12)
    assert Relay(topic)(brought) == "102"
    assert Relay(topic)(brought[2:]) is None
    told = [each.event_id for each in topic.heard]
    assert set(told) == {message_of(each).event_id for each in brought}
    assert len(told) == 9 + 10


def test_the_order_of_a_post_survives_failures() -> None:
    """Whatever is refused when, the first time that each event is heard is in its order."""
    topic, brought = Listening(down={2, 5}, refused={(1, 0), (4, 1)}), records(12, posts=3)
    left, rounds = list(brought), count()
    while left and next(rounds) < 20:
        number = Relay(topic)(left)
        left = [] if number is None else left[int(number) - int(number_at(left)) :]
    for name in {message_of(each).group for each in brought}:
        heard = list(dict.fromkeys(each.event_id for each in topic.heard if each.group == name))
        sent = [m.event_id for m in map(message_of, brought) if m.group == name]
        assert heard == sent


def number_at(left: Sequence[Record]) -> str:
    return str(left[0]["dynamodb"]["SequenceNumber"])


def test_batches_are_small_enough() -> None:
    """Ten at most, and no more bytes than SNS takes; what is too large goes alone."""
    small = [Message(str(at), str(at), "x" * 1000, {"eventType": "t"}) for at in range(23)]
    assert [len(each) for each in batches(small)] == [MOST, MOST, 3]
    large = [Message(str(at), str(at), "가" * 30_000, {}) for at in range(4)]
    assert [len(each) for each in batches(large)] == [2, 2]
    assert all(sum(one.size for one in each) <= MOST_BYTES for each in batches(large))
    huge = Message("h", "h", "x" * (MOST_BYTES + 1), {})
    assert [len(each) for each in batches([small[0], huge, small[1]])] == [1, 1, 1]
    assert list(batches([])) == []


@dataclass
class OnePart:
    """A stream with what it is given."""

    unsettled: Sequence[dict[str, Any]]

    def read(self) -> list[OnePart]:
        return [self] if self.unsettled else []


def test_polling_brings_a_failure_again() -> None:
    """From the failure on, and what was told before it only once."""
    topic, stream = Listening(down={2}), OnePart(records(25, posts=25))
    polling, brought = Polling(stream, Relay(topic)), list(stream.unsettled)
    polling.once()
    assert len(stream.unsettled) == 15
    polling.once()
    assert not stream.unsettled
    assert [each.body for each in topic.heard] == bodies(brought)


def test_polling_gives_up_what_never_can_be_read(caplog: pytest.LogCaptureFixture) -> None:
    """After many attempts, loudly, and what follows is told."""
    topic, stream = Listening(), OnePart(records(2, posts=2))
    stream.unsettled[0]["dynamodb"]["NewImage"].pop("body")
    polling = Polling(stream, Relay(topic))
    for _ in range(MOST_ATTEMPTS):
        assert not topic.heard
        polling.once()
    polling.once()
    assert len(topic.heard) == 1
    assert "an event was given up" in caplog.text


def test_what_is_said_of_an_event_belongs_to_its_trace(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent or refused; a line about an event that came of no request has none."""
    traces = [f"00-{digit * 32}-{digit * 16}-01" for digit in "ab"]
    events = [
        an_event(post_id=PostId(f"01JD9GZ2J0V5X7Q3M8K4T6B10{at}")).model_copy(
            update={"traceparent": trace}
        )
        for at, trace in enumerate([*traces, None])
    ]
    seen = list[str]()
    monkeypatch.setattr(relay.log, "filters", [lambda _: seen.append(current_traceparent())])
    with caplog.at_level(logging.INFO, "app.events"):
        Relay(Listening(refused={(1, 1)}))([a_record(each, at) for at, each in enumerate(events)])
    assert [each[3:35] for each in seen] == ["a" * 32, "b" * 32, ""]
