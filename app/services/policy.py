"""Policy decisions: questions, the port to the policy engine, and permissions of a caller.

Only `true` allows; an error denies.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from pydantic import BaseModel, StrictBool, TypeAdapter

from app.core.problems import CredentialsMissing, Forbidden, Problem
from model import MediaStatus, PostStatus, Role, SessionId

M = TypeVar("M", bound=BaseModel)
Answer = TypeVar("Answer")

ALLOW: Final = "fmweb/allow"
VISIBLE: Final = "actions/posts/visible"
ENTRYPOINTS: Final = (ALLOW, VISIBLE)

_IS_ALLOWED: TypeAdapter[bool] = TypeAdapter(StrictBool)
_STATUSES: TypeAdapter[frozenset[PostStatus]] = TypeAdapter(frozenset[PostStatus])
_ANONYMOUS: Mapping[str, object] = {"id": "", "roles": [], "known": False}

log = logging.getLogger("app.policy")


class Policy(Protocol):
    """Safe to ask from several threads at once."""

    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        """What the entrypoint answers to the input document; raises anything on failure."""
        ...


@dataclass(frozen=True)
class Caller:
    """`subject` is stable for a person; the roles are what the credentials say now.

    `session_id` is None for credentials that belong to no session: the development token.
    """

    subject: str
    roles: frozenset[Role]
    session_id: SessionId | None = None

    @cached_property
    def document(self) -> Mapping[str, object]:
        return {"id": self.subject, "roles": sorted(map(str, self.roles)), "known": True}


@dataclass(frozen=True)
class Resource:
    """Facts about what is acted on; None: there is no such fact.

    `owner` is a user's identity: a post's author, a session's user, a file's uploader, the author
    that a list is asked for. `role` is the one wanted for an account.
    """

    type: str
    owner: str | None = None
    status: PostStatus | MediaStatus | None = None
    category: str | None = None
    role: str | None = None

    def document(self) -> dict[str, str]:
        return {name: str(fact) for name, fact in vars(self).items() if fact is not None}


@dataclass(frozen=True)
class ResourceKind(Generic[M]):
    """What the policy is told of a resource: its type, and the fields that hold its facts.

    Who owns what, and which fields have statuses and roles, the authorisation matrix has from here.
    """

    name: str
    model: type[M] | None = None
    owner: str | None = None
    status: str | None = None
    category: str | None = None
    role: str | None = None

    @cached_property
    def facts(self) -> dict[str, str]:
        """The name of the field by that of the fact."""
        held = {name: getattr(self, name) for name in ("owner", "status", "category", "role")}
        return {fact: field for fact, field in held.items() if field is not None}

    def of(self, item: M) -> Resource:
        return Resource(self.name, **{fact: getattr(item, f) for fact, f in self.facts.items()})

    def owned_by(self, owner: str) -> Resource:
        """All that someone has, or is about to have."""
        return Resource(self.name, owner=owner)

    def covers(self, resource: Resource) -> bool:
        """Whether the resource is of this kind, and has no other facts."""
        return resource.type == self.name and resource.document().keys() <= {"type", *self.facts}


NOTHING: ResourceKind[BaseModel] = ResourceKind("none")
"""What an action is done to whose resource does not matter."""


@dataclass(frozen=True)
class Question:
    """`action` is `<resource>.<verb>`; `caller` None is an anonymous one; `now` has a time zone."""

    caller: Caller | None
    action: str
    resource: Resource
    now: datetime

    def document(self) -> dict[str, object]:
        """The input of the policy: JSON values only, and no null."""
        return {
            "caller": self.caller.document if self.caller else _ANONYMOUS,
            "action": self.action,
            "resource": self.resource.document(),
            "facts": {"now": int(self.now.timestamp())},
        }


@dataclass(frozen=True)
class Decision:
    """`id` is random; it leads from an answer to its lines in the log."""

    allowed: bool
    id: str
    action: str


class Decisions:
    """Asks a policy; where it fails, the answer is no, an error is logged, and `failed` called."""

    def __init__(self, policy: Policy, failed: Callable[[], None] | None = None) -> None:
        self._policy = policy
        self._failed = failed

    def allows(self, question: Question) -> Decision:
        """Logged at INFO when denied and at DEBUG when allowed."""
        facts = _facts_of(question)
        allowed = facts["allowed"] = self._ask(ALLOW, question, facts, _IS_ALLOWED, False)
        level = logging.DEBUG if allowed else logging.INFO
        log.log(level, "policy decision", extra={"facts": facts})
        return Decision(allowed, str(facts["decisionId"]), question.action)

    def allowed(self, questions: Iterable[Question]) -> list[str]:
        """The actions that are allowed. Nothing is tried, so no decision is logged."""
        return [
            each.action
            for each in questions
            if self._ask(ALLOW, each, _facts_of(each), _IS_ALLOWED, False)
        ]

    def visible_statuses(self, question: Question) -> frozenset[PostStatus]:
        """The statuses of posts that a list may show; none where the policy fails."""
        facts = _facts_of(question)
        visible = self._ask(VISIBLE, question, facts, _STATUSES, frozenset())
        log.debug("policy decision", extra={"facts": {**facts, "visible": sorted(visible)}})
        return visible

    def _ask(
        self,
        entrypoint: str,
        question: Question,
        facts: Mapping[str, object],
        form: TypeAdapter[Answer],
        otherwise: Answer,
    ) -> Answer:
        try:
            return form.validate_python(self._policy.evaluate(entrypoint, question.document()))
        except Exception as error:  # noqa: BLE001 - a policy that fails, however it does, allows nothing
            # Its class alone: the message may hold parts of the input.
            failure = {"entrypoint": entrypoint, **facts, "error": type(error).__name__}
            log.error("policy failed", extra={"facts": failure})
            if self._failed:
                self._failed()
            return otherwise


def _facts_of(question: Question) -> dict[str, object]:
    """For logs."""
    subject = question.caller.subject if question.caller else None
    return {"decisionId": secrets.token_hex(8), "action": question.action, "subject": subject}


@dataclass(eq=False)
class PolicyUnusable(Exception):
    """`where` is a file or a folder; `what` and `remedy` are sentences without a full stop."""

    what: str
    where: Path
    remedy: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.remedy}."


@dataclass(frozen=True)
class Permission:
    """`note` is told of every decision: for logs."""

    decisions: Decisions
    caller: Caller | None
    now: datetime
    note: Callable[[Decision], None]

    def allows(self, action: str, resource: Resource) -> bool:
        decision = self.decisions.allows(Question(self.caller, action, resource, self.now))
        self.note(decision)
        return decision.allowed

    def require(self, action: str, resource: Resource) -> None:
        """Raises `Forbidden`, or `CredentialsMissing` where nobody has shown who it is."""
        if not self.allows(action, resource):
            raise self.refusal(action)

    def refusal(self, action: str) -> Problem:
        return Forbidden(action=action) if self.caller else CredentialsMissing()

    def allowed(self, asked: Mapping[str, Resource]) -> list[str]:
        """Those of the actions that the caller may do: for a page to show."""
        return self.decisions.allowed(
            Question(self.caller, action, resource, self.now) for action, resource in asked.items()
        )

    def visible_statuses(self, resource: Resource) -> frozenset[PostStatus]:
        """In which states the caller may list posts: shapes the query, filters nothing."""
        question = Question(self.caller, "posts.list", resource, self.now)
        return self.decisions.visible_statuses(question)
