"""Only what is open is remembered, for a bounded time, and never past an ending in this process."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access_patterns import users
from app.core.problems import SessionEnded
from app.services import sessions
from model import SessionId, UserId
from tests.app.api.v1.races import at_once
from tests.app.services.sessions.watched import ADA, NOW, SECONDS, Watched

EVE = UserId("eve")
QUESTIONS = 2
"""For the session, and for its user."""


def test_an_open_session_is_asked_for_once(watched: Watched) -> None:
    """And again when the answer is as old as the bound."""
    assert watched.standing().user.user_id == ADA
    watched.clock += SECONDS - 0.001
    assert watched.standing().session.session_id == "one"
    assert watched.asked == QUESTIONS
    watched.clock += 0.001
    watched.standing()
    assert watched.asked == 2 * QUESTIONS


def test_without_seconds_the_table_is_asked_each_time(watched: Watched) -> None:
    """Nothing is repeated then, and an ending counts everywhere at once."""
    watched.gate = watched.another(watched.store, 0)
    watched.standing()
    watched.standing()
    assert watched.asked == 2 * QUESTIONS
    watched.revoke_elsewhere()
    with pytest.raises(SessionEnded, match="revoked"):
        watched.standing()


def test_the_bound_begins_before_the_question(watched: Watched) -> None:
    """However long the answer took: what ended while it came is not open for longer."""

    def dawdle() -> None:
        watched.clock += SECONDS - 1

    watched.meanwhile = dawdle
    watched.standing()
    watched.revoke_elsewhere()
    watched.clock += 1
    with pytest.raises(SessionEnded, match="revoked"):
        watched.standing()


def test_refusals_are_not_remembered(watched: Watched) -> None:
    """A session that is opened after it was asked for is open."""
    with pytest.raises(SessionEnded, match="unknown"):
        watched.standing("two")
    watched.session("two")
    assert watched.standing("two").session.session_id == "two"


def test_an_ending_elsewhere_counts_after_the_bound(watched: Watched) -> None:
    """Not before: that is what the setting says."""
    watched.standing()
    watched.revoke_elsewhere()
    watched.standing()
    watched.clock += SECONDS
    with pytest.raises(SessionEnded, match="revoked"):
        watched.standing()


def test_what_ends_here_is_over_at_once(watched: Watched) -> None:
    """One session, or all of a user; others' answers are kept."""
    watched.user(EVE)
    watched.session("hers", EVE)
    for name, user_id in (("one", ADA), ("hers", EVE)):
        watched.standing(name, user_id)
    watched.revoke_elsewhere()
    watched.gate.forget(SessionId("one"))
    with pytest.raises(SessionEnded, match="revoked"):
        watched.standing()
    watched.session("two")
    watched.standing("two")
    watched.end_all_elsewhere()
    watched.gate.forget_user(ADA)
    with pytest.raises(SessionEnded, match="all sessions were ended"):
        watched.standing("two")
    asked = watched.asked
    watched.standing("hers", EVE)
    assert watched.asked == asked


@pytest.mark.parametrize("by_user", [True, False])
def test_an_answer_from_before_an_ending_is_not_kept(watched: Watched, by_user: bool) -> None:
    """It came too late: the very next question goes to the table."""

    def end() -> None:
        watched.revoke_elsewhere()
        if by_user:
            watched.gate.forget_user(ADA)
        else:
            watched.gate.forget(SessionId("one"))

    watched.meanwhile = end
    watched.standing()
    with pytest.raises(SessionEnded, match="revoked"):
        watched.standing()


def test_a_session_is_its_users_alone(watched: Watched) -> None:
    """Another user's token opens nothing with it, asked before or after, and spoils nothing."""
    watched.user(EVE)
    for _ in range(2):
        with pytest.raises(SessionEnded, match="another user's"):
            watched.standing(user_id=EVE)
        assert watched.standing().user.user_id == ADA


def test_a_session_ends_with_its_time_though_remembered(watched: Watched) -> None:
    """The moment of the request decides."""
    watched.standing(now=NOW + timedelta(minutes=59))
    with pytest.raises(SessionEnded, match="expired"):
        watched.standing(now=NOW + timedelta(hours=1))


def test_a_session_of_a_former_generation_is_over(watched: Watched) -> None:
    """As is one of a later one, which nobody can have opened."""
    watched.session("later", generation=1)
    with pytest.raises(SessionEnded, match="all sessions were ended"):
        watched.standing("later")
    watched.end_all_elsewhere()
    with pytest.raises(SessionEnded, match="all sessions were ended"):
        watched.standing()
    watched.standing("later")


def test_whoever_is_shut_out_leaving_or_gone_does_not_come_in(watched: Watched) -> None:
    """Whatever generation the session is of."""
    user = watched.standing().user
    watched.gate.forget_user(ADA)
    watched.repository.write(users.disable(user, NOW))
    watched.session("two", generation=1)
    with pytest.raises(SessionEnded, match="shut out"):
        watched.standing("two")
    with pytest.raises(SessionEnded, match="no account"):
        watched.session("hers", EVE)
        watched.standing("hers", EVE)


def test_the_memory_is_bounded(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    """The longest known goes first."""
    monkeypatch.setattr(sessions, "MOST", 2)
    for name in ("two", "three"):
        watched.session(name)
    for name in ("one", "two", "three"):
        watched.standing(name)
    asked = watched.asked
    watched.standing("two")
    watched.standing("three")
    assert watched.asked == asked
    watched.standing("one")
    assert watched.asked == asked + QUESTIONS


def test_threads_share_what_is_known(watched: Watched) -> None:
    """While some ask, another forgets: none stumbles, and nothing that ended stays known."""
    for number in range(8):
        watched.session(f"s-{number}")

    def ask(name: str) -> None:
        for _ in range(20):
            watched.standing(name)

    def forget() -> None:
        for _ in range(200):
            watched.gate.forget_user(ADA)

    asking = [lambda name=f"s-{number}": ask(name) for number in range(8)]
    at_once([*asking, forget])
    watched.end_all_elsewhere()
    watched.gate.forget_user(ADA)
    for number in range(8):
        with pytest.raises(SessionEnded):
            watched.standing(f"s-{number}")
