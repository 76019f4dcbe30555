"""Keys in any order, requests cut short anywhere: a model knows what each has to be answered."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.app import expect
from tests.app.api.matrix.harness import SETTINGS
from tests.app.harness import TEXT
from tests.app.services.idempotency.harness import BreakableHarness, open_breakable
from tests.app.services.idempotency.keyed import HEADER, REPLAYED, is_killed, items_of

pytestmark = pytest.mark.slow

LOCK = timedelta(seconds=SETTINGS.idempotency_lock_seconds)
LASTING = timedelta(seconds=SETTINGS.idempotency_seconds)
keys = st.sampled_from(["first-key", "other-key"])
titles = st.sampled_from(["One", "Another"])


@dataclass(frozen=True)
class Known:
    """What a key stands for; `answer` is empty until somebody has seen it, None: there is none."""

    title: str
    since: datetime
    answer: bytes | None = None


class Keys(RuleBasedStateMachine):
    """One author, two keys, two things to say."""

    harness: ClassVar[BreakableHarness]

    def __init__(self) -> None:
        super().__init__()
        self.known = dict[str, Known]()
        self.posts = 0

    def teardown(self) -> None:
        self.harness.tidy()

    @property
    def now(self) -> datetime:
        return self.harness.store.clock()

    def known_of(self, key: str) -> Known | None:
        known = self.known.get(key)
        return known if known and self.now < known.since + LASTING else None

    def sent(self, key: str, title: str) -> Any:
        return self.harness.ada.post(
            "/v1/posts", json={**TEXT, "title": title}, headers={HEADER: key}
        )

    @rule(key=keys, title=titles)
    def create(self, key: str, title: str) -> None:
        known, answer = self.known_of(key), self.sent(key, title)
        if known is None or (
            known == replace(known, title=title, answer=None) and self.is_over(known)
        ):
            expect.success(answer, 201)
            assert REPLAYED not in answer.headers
            self.known[key] = Known(title, self.now, answer.content)
            self.posts += 1
        elif known.title != title:
            expect.failure(answer, 422, "idempotency-key-reused")
        elif known.answer is None:
            expect.failure(answer, 409, "idempotency-in-progress")
        else:
            assert answer.headers[REPLAYED] == "true"
            assert answer.content == (known.answer or answer.content)
            self.known[key] = replace(known, answer=answer.content)

    def is_over(self, known: Known) -> bool:
        return self.now >= known.since + LOCK

    @rule(key=keys, title=titles, at=st.integers(1, 2))
    def create_and_die(self, key: str, title: str, at: int) -> None:
        """After the claim, or after the first attempt at the write."""
        known = self.known_of(key)
        is_its_turn = known is None or (
            known.answer is None and known.title == title and self.is_over(known)
        )
        self.harness.breaking.break_at(at, is_after=True)
        is_killed(lambda: self.sent(key, title))
        self.harness.breaking.mend()
        if is_its_turn:
            is_done = self.counted() > self.posts
            self.known[key] = Known(title, self.now, b"" if is_done else None)
            self.posts += is_done

    @rule(key=keys)
    def create_wrongly(self, key: str) -> None:
        """A refusal leaves no trace, where nothing was known."""
        known, answer = self.known_of(key), self.sent(key, "")
        if known is None:
            expect.failure(answer, 422, "unprocessable")
            self.known.pop(key, None)
        else:
            expect.failure(answer, 422, "idempotency-key-reused")

    @rule(spell=st.sampled_from([LOCK / 2, LOCK, LASTING / 2]))
    def wait(self, spell: timedelta) -> None:
        self.harness.store.clock.tick(seconds=spell.total_seconds())

    @invariant()
    def every_effect_is_the_only_one(self) -> None:
        assert self.counted() == self.posts

    def counted(self) -> int:
        return sum(item["entity"] == {"S": "Post"} for item in items_of(self.harness.store))


def test_keys_behave_as_the_model_says() -> None:
    """Over ten lives of fifteen steps; one harness for all."""
    with ExitStack() as stack:
        Keys.harness = stack.enter_context(open_breakable())
        Keys.TestCase.settings = settings(
            max_examples=10,
            stateful_step_count=15,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
            derandomize=True,
        )
        Keys.TestCase().runTest()
