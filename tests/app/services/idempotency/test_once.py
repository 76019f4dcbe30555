"""A write that takes its answer along: what decides, what does not fit, what else goes with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import Request, Response
from pydantic import BaseModel

from access_patterns import idempotency_records, registrations, sessions
from app.api.kit.idempotency import Once
from app.core.problems import AnswerTooLarge, InProgress
from app.services import idempotency
from app.services.idempotency import Answer, Claim, IdempotencyStore, IdempotentRequest, Secrets
from model import IdempotencyRecordId, Registration, Session, SessionId, UserId
from singletable import Repository
from singletable.errors import AttachedWriteRefused, ItemExists
from singletable.inspect import Context, Execute, Operation
from tests.app.api.v1.stores import Store, in_memory
from tests.backends import SECRET

NOW = datetime.now(UTC).replace(microsecond=0)
ASKED = IdempotentRequest("order-2026-11", IdempotencyRecordId("0" * 64), "f" * 64)


class Said(BaseModel):
    text: str


class Route:
    status_code = 201


@pytest.fixture
def store() -> Iterator[Store]:
    with in_memory() as made:
        yield made


@pytest.fixture
def repository(store: Store) -> Repository:
    return store.repository()


@pytest.fixture
def known(repository: Repository) -> IdempotencyStore:
    return IdempotencyStore(repository, Secrets(SECRET), timedelta(days=1), timedelta(minutes=1))


@pytest.fixture
def claim(known: IdempotencyStore) -> Claim:
    made = known.claim(ASKED, NOW)
    assert isinstance(made, Claim)
    return made


def once(repository: Repository, claim: Claim | None) -> Once:
    scope: dict[str, Any] = {"type": "http", "route": Route()}
    return Once(Request(scope), Response(headers={"ETag": '"1"'}), repository, claim)


def session(name: str = "session-1") -> Session:
    return Session(
        session_id=SessionId(name),
        user_id=UserId("ada"),
        opened_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )


def opening(name: str = "session-1") -> Callable[[Repository], Session]:
    def opened(stored: Repository) -> Session:
        return stored.write(sessions.start(session(name)))

    return opened


def said(opened: Session) -> Said:
    return Said(text=opened.session_id)


def test_the_answer_is_kept_with_the_effect(
    repository: Repository, known: IdempotencyStore, claim: Claim
) -> None:
    """Before anybody has seen it, as the framework renders it."""
    assert once(repository, claim)(opening(), said) == Said(text="session-1")
    body = b'{"text":"session-1"}'
    headers = (("content-type", "application/json"), ("etag", '"1"'))
    assert known.load_answer(ASKED) == Answer(201, headers, body)


def test_without_a_key_nothing_goes_along(repository: Repository) -> None:
    """The same code, the same result."""
    assert once(repository, None)(opening(), said) == Said(text="session-1")
    assert repository.fetch(idempotency_records.by_id(ASKED.record_id)) is None


def test_a_refused_write_is_followed_by_another(
    repository: Repository, known: IdempotencyStore, claim: Claim
) -> None:
    """The first that is carried out decides; its answer is the one that is kept."""
    opening()(repository)

    def stubborn(stored: Repository) -> Session:
        try:
            return stored.write(sessions.start(session()))
        except ItemExists:
            return stored.write(sessions.start(session("session-2")))

    assert once(repository, claim)(stubborn, said).text == "session-2"
    kept = known.load_answer(ASKED)
    assert kept.body == b'{"text":"session-2"}'


def test_only_the_named_write_decides(
    repository: Repository, known: IdempotencyStore, claim: Claim
) -> None:
    """What is written before and after it goes alone."""

    def several(stored: Repository) -> Session:
        stored.write(registrations.begin(Registration(email="a@example.com", started_at=NOW)))
        assert not claim.is_sent
        opened = stored.write(sessions.start(session()))
        assert claim.is_kept
        stored.write(sessions.revoke(opened.session_id, NOW))
        return opened

    once(repository, claim)(several, said, by=sessions.start)
    assert known.load_answer(ASKED).status == 201


def test_an_answer_need_not_depend_on_the_write(
    repository: Repository, known: IdempotencyStore, claim: Claim
) -> None:
    """Of a partial update nobody knows the result before; it is carried out all the same."""
    opening()(repository)
    ended = sessions.revoke(SessionId("session-1"), NOW)
    once(repository, claim)(lambda stored: stored.write(ended), lambda _: Response(None, 204))
    assert known.load_answer(ASKED) == Answer(204)


def test_an_effect_that_writes_nothing_keeps_nothing(repository: Repository, claim: Claim) -> None:
    """Its answer is kept afterwards, as for all operations."""
    once(repository, claim)(lambda _: session(), said)
    assert (claim.is_sent, claim.is_kept) == (False, False)


def test_too_large_an_answer_is_refused_before_the_effect(
    repository: Repository, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than carried out without a way to repeat it."""
    monkeypatch.setattr(idempotency, "LARGEST", 40)
    with pytest.raises(AnswerTooLarge):
        once(repository, claim)(opening(), said)
    assert repository.fetch(sessions.by_id(SessionId("session-1"))) is None


def test_too_large_an_answer_loses_its_body_afterwards(
    known: IdempotencyStore, claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the effect cannot be taken back, its status and headers are kept."""
    answer = Answer(200, (("etag", '"1"'),), bytes(range(256)))
    monkeypatch.setattr(idempotency, "LARGEST", 200)
    claim.keep(answer)
    assert known.load_answer(ASKED) == Answer(200, (("etag", '"1"'),))


def test_a_lost_claim_holds_the_effect_back(
    repository: Repository, known: IdempotencyStore, claim: Claim
) -> None:
    """Somebody took over: nothing is written, and the client is told to wait."""
    assert isinstance(known.claim(ASKED, NOW + timedelta(minutes=1)), Claim)
    with pytest.raises(InProgress):
        once(repository, claim)(opening(), said)
    assert repository.fetch(sessions.by_id(SessionId("session-1"))) is None


def test_others_may_accompany_the_write_too(repository: Repository, claim: Claim) -> None:
    """Their refusal is theirs, and holds the answer back as well."""
    opening("witness")(repository)

    def witnessed(operation: Operation[Any], context: Context, execute: Execute) -> Any:
        return execute(operation.with_writes(sessions.start(session("witness"))), context)

    with pytest.raises(AttachedWriteRefused):
        once(repository.with_middleware(witnessed), claim)(opening(), said)
    assert not claim.is_kept
    kept = repository.fetch(idempotency_records.by_id(ASKED.record_id))
    assert kept is not None
    assert kept.response is None


def test_what_fails_afterwards_does_not_hurt_the_answer(
    known: IdempotencyStore, claim: Claim, caplog: pytest.LogCaptureFixture
) -> None:
    """The effect is done: that its answer is not kept is for the log."""
    claim.release()
    claim.keep(Answer(200))
    assert [each.levelname for each in caplog.records] == ["WARNING"]
    assert isinstance(known.claim(ASKED, NOW), Claim)
