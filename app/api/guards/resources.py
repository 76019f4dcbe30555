"""Kinds of resources: what the policy is told of them, declared once with their guards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast, runtime_checkable

from pydantic import BaseModel

from app.services.policy import Resource

M = TypeVar("M", bound=BaseModel)
F = TypeVar("F")


@dataclass(frozen=True)
class ResourceKind(Generic[M]):
    """What the policy is told of a resource: its type, and the fields that hold its facts.

    Who owns what, which statuses and roles there are, the authorisation matrix has from here.
    """

    name: str
    model: type[M] | None = None
    owner: str | None = None
    status: str | None = None
    category: str | None = None
    role: str | None = None

    @property
    def facts(self) -> dict[str, str]:
        """The name of the field by that of the fact."""
        held = {name: getattr(self, name) for name in ("owner", "status", "category", "role")}
        return {fact: field for fact, field in held.items() if field is not None}

    def of(self, item: M) -> Resource:
        return Resource(self.name, **{fact: getattr(item, f) for fact, f in self.facts.items()})

    def owned_by(self, owner: str) -> Resource:
        """All that someone has, or is about to have."""
        return Resource(self.name, owner=owner)

    def values(self, fact: str) -> tuple[Any, ...]:
        """The members of the enumeration that a fact is of; None where there is no such fact."""
        field = self.facts.get(fact)
        if field is None or self.model is None:
            return (None,)
        members: Any = self.model.model_fields[field].annotation
        return tuple(members)

    def covers(self, resource: Resource) -> bool:
        """Whether the resource is of this kind, and has no other facts."""
        return resource.type == self.name and resource.document().keys() <= {"type", *self.facts}


NOTHING: ResourceKind[BaseModel] = ResourceKind("none")
"""What an action is done to whose resource does not matter."""


@runtime_checkable
class Guarding(Protocol):
    """A dependency that asks the policy: for which actions, on which kind of resource.

    `known_by`: the action without which a caller may not know of the resource; empty: none.
    """

    policy_actions: tuple[str, ...]
    kind: ResourceKind[Any]
    known_by: str


def guards(kind: ResourceKind[Any], *actions: str, known_by: str = "") -> Callable[[F], F]:
    """Declares what a dependency asks the policy that does so by itself."""

    def declare(dependency: F) -> F:
        guard = cast(Any, dependency)
        guard.policy_actions, guard.kind, guard.known_by = actions, kind, known_by
        return dependency

    return declare


@dataclass(eq=False)
class UndeclaredQuestion(Exception):
    """The policy is about to be asked what no guard of the route declares."""

    action: str
    resource: Resource

    def __str__(self) -> str:
        facts = ", ".join(sorted(self.resource.document().keys() - {"type"})) or "no facts"
        return (
            f"no guard of the route declares {self.action} on a {self.resource.type} with {facts};"
            " name them in the guard's ResourceKind: the authorisation matrix is made from it"
        )
