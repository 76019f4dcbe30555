"""The generated parts of docs/opa.md: the authorisation matrix, and what lists show to whom.

Every cell is a verdict of the policy itself. Lines that differ in nothing but a fact that does not
matter are one line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from fastapi import APIRouter

from app.api.guards.routes import guards_of
from app.main import ROUTERS
from app.services.policy import Decisions, Question, ResourceKind
from model import PostStatus
from scripts.docs.callers import api_routes
from scripts.docs.matrix import ROLES, Cell, Ownership, cells, verdict

ALLOWED, DENIED, NO_SUCH_CASE = "✓", "\N{EN DASH}", ""


ANY: Final = "any"


_WHOSE: Mapping[Ownership | None, str] = {"own": "own", "other": "another's", None: ""}


_AUTHORS: Mapping[Ownership, str] = {"own": "oneself", "other": "another author"}


_HEAD = "| --- | --- | --- | --- | :-: | :-: | :-: | :-: |\n"


Verdicts = tuple[str, ...]
"""A mark for each of `ROLES`."""


def matrix_tables(asked: Sequence[Guarded], decisions: Decisions) -> dict[str, str]:
    """Markdown by the name of its place in the page."""
    return {
        "matrix": "".join(_matrix(asked, decisions)),
        "lists": "".join(_lists(decisions)),
    }


def _matrix(asked: Sequence[Guarded], decisions: Decisions) -> Iterator[str]:
    yield f"| Action | Operation | Whose | Status, or role wanted | {' | '.join(ROLES)} |\n{_HEAD}"
    by_action = sorted(asked, key=lambda each: (each.action, each.kind.name))
    for _, group in groupby(by_action, lambda each: (each.action, each.kind.name)):
        same = list(group)
        names = "<br>".join(f"`{each.operation}`" for each in same)
        for whose, facts, verdicts in _rows(same[0].cells(), decisions):
            marks = " | ".join(verdicts)
            yield f"| `{same[0].action}` | {names} | {whose} | {facts} | {marks} |\n"
            names = ""


def _rows(found: Sequence[Cell], decisions: Decisions) -> Iterator[tuple[str, str, Verdicts]]:
    """Whose, in which statuses or for which roles, and the verdicts: as few lines as say it all."""
    grouped: dict[tuple[str, Verdicts], list[str]] = {}
    facts = list(dict.fromkeys(map(_fact, found)))
    for fact in facts:
        alike = [cell for cell in found if _fact(cell) == fact]
        for line in _by_ownership(alike, decisions):
            grouped.setdefault(line, []).append(fact)
    for (whose, verdicts), listed in grouped.items():
        matters = len(listed) < len(facts)
        named = ", ".join(f"`{fact}`" for fact in listed if fact)
        yield whose, named if matters or not named else ANY, verdicts


def _by_ownership(alike: Sequence[Cell], decisions: Decisions) -> list[tuple[str, Verdicts]]:
    """One line for each ownership, or one for both if all who can own are treated alike."""
    lines = dict[Ownership | None, Verdicts]()
    for ownership in _WHOSE:
        if same := [cell for cell in alike if cell.ownership == ownership]:
            lines[ownership] = _verdicts(same, decisions)
    own, other = lines.get("own"), lines.get("other")
    if own and other and own[1:] == other[1:]:
        return [(ANY, other)]
    return [(_WHOSE[ownership], verdicts) for ownership, verdicts in lines.items()]


def _verdicts(alike: Sequence[Cell], decisions: Decisions) -> Verdicts:
    """The anonymous, who own nothing, have no cell where something is one's own."""
    marks = {cell.who: ALLOWED if verdict(decisions, cell) else DENIED for cell in alike}
    return tuple(marks.get(who, NO_SUCH_CASE) for who in ROLES)


def _fact(cell: Cell) -> str:
    return str(cell.status or cell.wanted_role or "")


def _lists(decisions: Decisions) -> Iterator[str]:
    yield f"| Posts of | {' | '.join(ROLES)} |\n| --- | --- | --- | --- | --- |\n"
    for ownership, name in _AUTHORS.items():
        shown = " | ".join(
            _shown(decisions, Cell(who, "posts.list", "post", ownership).question())
            if who != "anonymous" or ownership == "other"
            else NO_SUCH_CASE
            for who in ROLES
        )
        yield f"| {name} | {shown} |\n"


def _shown(decisions: Decisions, question: Question) -> str:
    statuses = decisions.visible_statuses(question)
    everything = statuses == frozenset(PostStatus)
    return "every status" if everything else ", ".join(f"`{each}`" for each in sorted(statuses))


METHODS = ("get", "post", "put", "patch", "delete")


Document = Mapping[str, Any]


@dataclass(frozen=True)
class Guarded:
    """One action of one operation: `operation` is a method and a path, as in `GET /v1/posts`.

    `known_by`: the action without which a caller is not told that the resource is there.
    """

    operation: str
    action: str
    kind: ResourceKind[Any]
    known_by: str = ""

    def cells(self) -> tuple[Cell, ...]:
        """Every combination of facts that it can meet."""
        return tuple(cells(self.action, self.kind))


def operations(openapi: Document) -> Iterator[tuple[str, Document]]:
    """Each operation by its method and path, in the document's order."""
    for path, item in openapi["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method.upper()} {path}", item[method]


def guarded(routers: Sequence[APIRouter] = ROUTERS) -> tuple[Guarded, ...]:
    """Every action of every operation, as the guards declare them."""
    found = (
        Guarded(caption, action, guard.kind, guard.known_by)
        for caption, route in api_routes(routers)
        for guard in guards_of(route.calls)
        for action in guard.policy_actions
    )
    return tuple(dict.fromkeys(found))


def actions_of(data: Document) -> frozenset[str]:
    """The actions that the policy's data has a line for."""
    return frozenset(action for grants in data["grants"].values() for action in grants)
