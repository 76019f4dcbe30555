"""What each operation asks the policy, as OpenAPI shows it. Knows no policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.auth.route import IN_OPENAPI
from app.policy.matrix import Cell, cells

METHODS = ("get", "post", "put", "patch", "delete")
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Guarded:
    """One action of one operation: `operation` is a method and a path, as in `GET /v1/posts`."""

    operation: str
    action: str
    resource_type: str

    def cells(self) -> tuple[Cell, ...]:
        """Every combination of facts that it can meet."""
        return tuple(cells(self.action, self.resource_type))


def operations(openapi: Document) -> Iterator[tuple[str, Document]]:
    """Each operation by its method and path, in the document's order."""
    for path, item in openapi["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def guarded(openapi: Document) -> tuple[Guarded, ...]:
    """Every action of every operation; an operation that asks nothing is not among them."""
    return tuple(
        Guarded(operation, action, resource_type)
        for operation, shown in operations(openapi)
        for action, resource_type in shown.get(IN_OPENAPI, {}).items()
    )


def actions_of(data: Document) -> frozenset[str]:
    """The actions that the policy's data has a line for."""
    return frozenset(action for grants in data["grants"].values() for action in grants)
