"""Decisions: allowed is what a policy answers with true, and nothing else. Never raises."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from app.policy.port import ALLOW, VISIBLE, Policy
from app.policy.question import Question
from model import PostStatus

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Decision:
    """`id` is random; it leads from an answer to its lines in the log."""

    allowed: bool
    id: str
    action: str


class Malformed(Exception):
    """The policy answered with something that is no answer to the question."""


def _unobserved() -> None: ...


class Decisions:
    """Asks a policy; where it fails, the answer is no, an error is logged, and `failed` called."""

    def __init__(self, policy: Policy, failed: Callable[[], None] = _unobserved) -> None:
        self._policy = policy
        self._failed = failed

    def allows(self, question: Question) -> Decision:
        """Logged at INFO when denied and at DEBUG when allowed."""
        decision_id = secrets.token_hex(8)
        allowed = self._ask(ALLOW, question, decision_id, read=_as_bool, otherwise=False)
        level = logging.DEBUG if allowed else logging.INFO
        facts = _facts(question, decision_id) | {"allowed": allowed}
        log.log(level, "policy decision", extra={"facts": facts})
        return Decision(allowed, decision_id, question.action)

    def visible_statuses(self, question: Question) -> frozenset[PostStatus]:
        """The statuses of posts that a list may show; none where the policy fails."""
        decision_id = secrets.token_hex(8)
        nothing = frozenset[PostStatus]()
        visible = self._ask(VISIBLE, question, decision_id, read=_as_statuses, otherwise=nothing)
        facts = _facts(question, decision_id) | {"visible": sorted(map(str, visible))}
        log.debug("policy decision", extra={"facts": facts})
        return visible

    def _ask(
        self,
        entrypoint: str,
        question: Question,
        decision_id: str,
        *,
        read: Callable[[object], Answer],
        otherwise: Answer,
    ) -> Answer:
        try:
            return read(self._policy.evaluate(entrypoint, question.document()))
        except Exception as error:  # noqa: BLE001 - a policy that fails, however it does, allows nothing
            # Its class alone: the message may hold parts of the input.
            facts = _facts(question, decision_id) | {"error": type(error).__name__}
            log.error("policy failed", extra={"facts": {"entrypoint": entrypoint, **facts}})
            self._failed()
            return otherwise


def _facts(question: Question, decision_id: str) -> dict[str, object]:
    return {
        "decisionId": decision_id,
        "action": question.action,
        "subject": question.subject,
    }


def _as_bool(answer: object) -> bool:
    if not isinstance(answer, bool):
        raise Malformed()
    return answer


def _as_statuses(answer: object) -> frozenset[PostStatus]:
    """Raises for anything but a list of statuses."""
    if not isinstance(answer, list):
        raise Malformed()
    return frozenset(PostStatus(str(status)) for status in cast("list[object]", answer))
