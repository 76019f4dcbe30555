"""Every cell of the authorisation matrix, asked of the app over HTTP."""

from __future__ import annotations

import pytest
from httpx2 import Response

from model import MediaStatus, PostStatus
from scripts.docs.matrix import Cell, verdict
from scripts.docs.matrix_tables import Guarded, guarded
from tests.app import expect
from tests.app.matrix.content import CONTENT
from tests.app.matrix.files import FILES
from tests.app.matrix.jobs import JOBS
from tests.app.matrix.noted import EFFECTS, check_noted
from tests.app.matrix.people import PEOPLE
from tests.app.matrix.world import World
from tests.app.policies import openapi_document
from tests.app.policy import expected

GUARDED = guarded(openapi_document())
CELLS = [(each, cell) for each in GUARDED for cell in each.cells()]
ATTEMPTS = CONTENT | PEOPLE | FILES | JOBS

LEADS_ON: dict[str, set[PostStatus] | set[MediaStatus]] = {
    "posts.submit": {PostStatus.DRAFT},
    "posts.publish": {PostStatus.IN_REVIEW},
    "posts.unpublish": set(PostStatus) - {PostStatus.DRAFT},
    "posts.archive": {PostStatus.DRAFT, PostStatus.PUBLISHED},
    "media.complete": set(MediaStatus) - {MediaStatus.DELETING},
    "media.download": {MediaStatus.READY},
}
"""From which states a step leads on; from others it is allowed, and a conflict."""

HIDING = {"GET /v1/sessions/{session_id}", "DELETE /v1/sessions/{session_id}"}
"""They answer as if there were no such session."""

KNOWN_BY = {"post": "posts.read", "media": "media.read"}
"""By type of resource, the action without which nobody learns that there is one."""


def named(value: Guarded | Cell) -> str:
    if isinstance(value, Guarded):
        return f"{value.operation} {value.action}"
    facts = (value.who, value.ownership, value.status, value.wanted_role)
    return " ".join(str(fact) for fact in facts if fact)


@pytest.mark.parametrize(("asked", "cell"), CELLS, ids=named)
def test_the_app_does_what_the_cell_says(world: World, asked: Guarded, cell: Cell) -> None:
    """Allowed, it is carried out and noted; denied, it is refused by the right code, changes
    nothing, and is not noted.
    """
    allowed = verdict(world.decisions, cell)
    assert allowed is expected.allowed(cell)
    attempt = ATTEMPTS[asked.operation, asked.action](world, cell)
    before = attempt.seen()
    world.writes.clear()
    answer = attempt.send(world, asked.operation.partition(" ")[0])
    if allowed:
        carried_out(answer, cell)
        if not asked.operation.startswith("GET "):
            check_noted(world, asked.operation, cell, answer)
    else:
        expect.failure(answer, *refusal(world, asked, cell))
        assert world.writes == []
        assert attempt.seen() == before


def carried_out(answer: Response, cell: Cell) -> None:
    if cell.status in LEADS_ON.get(cell.action, {cell.status}):
        assert answer.status_code < 300, answer.text
    else:
        expect.failure(answer, 409, "conflict")


def refusal(world: World, asked: Guarded, cell: Cell) -> tuple[int, str]:
    """Status and code for what the policy denies."""
    if cell.action == "posts.read" or (cell.action == "posts.view" and is_hidden(world, cell)):
        return 404, "not-found"
    if cell.action == "auth.signup":  # strangers may sign up: it is the role that they may not have
        return 403, "forbidden"
    if cell.who == "anonymous":
        return 401, "credentials-missing"
    if cell.action == "sessions.open":  # nobody can even ask for another's
        return 422, "unprocessable"
    if asked.operation in HIDING or is_hidden(world, cell):
        return 404, "not-found"
    return 403, "forbidden"


def is_hidden(world: World, cell: Cell) -> bool:
    """Whether the caller may not know of the post or the file; a list is not one of them."""
    known_by = KNOWN_BY.get(cell.resource_type)
    if known_by is None or cell.action == "media.list":
        return False
    read = Cell(cell.who, known_by, cell.resource_type, cell.ownership, cell.status)
    return not verdict(world.decisions, read)


def test_every_action_of_every_operation_is_tried() -> None:
    """No route is without a way to try it, and no way is left over from a route that went."""
    assert ATTEMPTS.keys() == {(each.operation, each.action) for each in GUARDED}
    assert EFFECTS.keys() <= ATTEMPTS.keys()
