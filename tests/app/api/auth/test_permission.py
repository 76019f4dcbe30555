"""What a permission asks of the policy, whom it tells, and what a refusal says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from app.core.problems import CredentialsMissing, Forbidden, Problem
from app.services.policy import ALLOW, Caller, Decision, Decisions, Permission, Resource
from model import PostStatus, Role

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADA = Caller("ada", frozenset({Role.EDITOR}))


class Asked:
    """Answers as it is told, and keeps the question."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.questions: list[tuple[str, Mapping[str, object]]] = []

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        self.questions.append((entrypoint, question))
        return self.answer


def permission(
    policy: Asked, caller: Caller | None = ADA, told: list[Decision] | None = None
) -> Permission:
    decisions: list[Decision] = [] if told is None else told
    return Permission(Decisions(policy), caller, NOW, decisions.append)


def test_what_is_allowed_passes() -> None:
    """The whole question reaches the policy: who, what, on what, when."""
    policy = Asked(True)
    permission(policy).require("posts.edit", Resource("post", owner="ada"))
    assert policy.questions == [
        (
            ALLOW,
            {
                "caller": {"id": "ada", "roles": ["fm-web:editor"], "known": True},
                "action": "posts.edit",
                "resource": {"type": "post", "owner": "ada"},
                "facts": {"now": int(NOW.timestamp())},
            },
        )
    ]


@pytest.mark.parametrize("answer", [False, None, "true", 1, [True], {"allow": True}])
def test_anything_but_true_is_a_refusal(answer: object) -> None:
    """Also what Python takes for true."""
    with pytest.raises(Forbidden, match=r"not allowed: posts\.edit"):
        permission(Asked(answer)).require("posts.edit", Resource("post"))
    assert permission(Asked(answer)).allows("posts.edit", Resource("post")) is False


@pytest.mark.parametrize(("caller", "refusal"), [(ADA, Forbidden), (None, CredentialsMissing)])
def test_a_stranger_is_asked_for_credentials(caller: Caller | None, refusal: type[Problem]) -> None:
    """A known caller gets 403; one who has shown nothing gets 401."""
    with pytest.raises(refusal):
        permission(Asked(False), caller).require("posts.edit", Resource("post"))


@pytest.mark.parametrize("answer", [True, False])
def test_every_decision_is_told(answer: bool) -> None:
    """Each with an id of its own, before anything is raised."""
    told: list[Decision] = []
    may = permission(Asked(answer), told=told)
    for _ in range(2):
        may.allows("posts.edit", Resource("post"))
    if not answer:
        with pytest.raises(Forbidden):
            may.require("posts.edit", Resource("post"))
    assert {(each.action, each.allowed) for each in told} == {("posts.edit", answer)}
    assert len({each.id for each in told}) == len(told) == (2 if answer else 3)


@pytest.mark.parametrize(
    ("answer", "visible"),
    [
        (["published"], {PostStatus.PUBLISHED}),
        ([], set()),
        (True, set()),
        (["unheard-of"], set()),
        (None, set()),
    ],
)
def test_no_more_statuses_are_visible_than_are_named(
    answer: object, visible: set[PostStatus]
) -> None:
    """An answer of another form shows nothing."""
    assert permission(Asked(answer)).visible_statuses(Resource("posts")) == visible
