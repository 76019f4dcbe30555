"""Every cell of the authorisation matrix, asked of the app over HTTP."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from httpx2 import Response

from app.services.policy import NOTHING
from model import MediaStatus, PostStatus
from scripts.docs.matrix import Cell, verdict
from scripts.docs.matrix_tables import Guarded, guarded, operations
from tests.app import expect
from tests.app.adapters.policy import expected
from tests.app.api.matrix.attempt import Attempt
from tests.app.api.matrix.content import CONTENT
from tests.app.api.matrix.derived import derived, example_of
from tests.app.api.matrix.files import FILES
from tests.app.api.matrix.harness import MatrixHarness
from tests.app.api.matrix.jobs import JOBS
from tests.app.api.matrix.noted import EFFECTS, check_noted
from tests.app.api.matrix.people import PEOPLE
from tests.app.policies import openapi_document

POLICIES = Path(__file__).parents[4] / "opa" / "policies"
GUARDED = guarded()
CELLS = [(each, cell) for each in GUARDED for cell in each.cells()]
ATTEMPTS = CONTENT | PEOPLE | FILES | JOBS

LEADS_ON: dict[str, set[PostStatus] | set[MediaStatus]] = {
    "posts.submit": {PostStatus.DRAFT},
    "posts.publish": {PostStatus.IN_REVIEW},
    "posts.unpublish": set(PostStatus) - {PostStatus.DRAFT},
    "posts.archive": {PostStatus.DRAFT, PostStatus.PUBLISHED},
    "media.complete": set(MediaStatus) - {MediaStatus.DELETING},
    "media.download": {MediaStatus.READY},
    "media.show": {MediaStatus.READY},
}
"""From which states a step leads on; from others it is allowed, and a conflict."""

WELCOME = {name for name, each in operations(openapi_document()) if {} in each.get("security", ())}
"""The operations that strangers may try as well."""


def attempt_at(asked: Guarded, harness: MatrixHarness, cell: Cell) -> Attempt:
    """By hand where that is said, else of the examples: there is one for every cell."""
    making = ATTEMPTS.get((asked.operation, asked.action))
    return making(harness, cell) if making else derived(asked, harness, cell)


def named(value: Guarded | Cell) -> str:
    if isinstance(value, Guarded):
        return f"{value.operation} {value.action}"
    facts = (value.who, value.ownership, value.status, value.wanted_role)
    return " ".join(str(fact) for fact in facts if fact)


@pytest.mark.parametrize(("asked", "cell"), CELLS, ids=named)
def test_the_app_does_what_the_cell_says(
    harness: MatrixHarness, asked: Guarded, cell: Cell
) -> None:
    """Allowed, it is carried out and noted; denied, it is refused by the right code, changes
    nothing, and is not noted.
    """
    allowed = verdict(harness.decisions, cell)
    assert expected.allowed(cell) in (allowed, None), "see tests/app/adapters/policy/expected.py"
    attempt = attempt_at(asked, harness, cell)
    before = attempt.seen()
    harness.writes.clear()
    answer = attempt.send(harness, asked.operation.partition(" ")[0])
    if allowed:
        carried_out(answer, cell)
        if not asked.operation.startswith("GET "):
            is_derived = (asked.operation, asked.action) not in ATTEMPTS
            check_noted(harness, asked.operation, cell, answer, is_derived=is_derived)
    else:
        expect.failure(answer, *refusal(harness, asked, cell))
        assert harness.writes == []
        assert attempt.seen() == before


def carried_out(answer: Response, cell: Cell) -> None:
    if cell.status in LEADS_ON.get(cell.action, {cell.status}):
        assert answer.status_code < 300 or answer.is_redirect, answer.text
    else:
        expect.failure(answer, 409, "conflict")


def refusal(harness: MatrixHarness, asked: Guarded, cell: Cell) -> tuple[int, str]:
    """Status and code for what the policy denies."""
    if cell.who == "anonymous" and asked.operation not in WELCOME:
        return 401, "credentials-missing"
    if cell.action == "auth.signup":  # strangers may sign up: it is the role that they may not have
        return 403, "forbidden"
    if cell.action == "sessions.open":  # nobody can even ask for another's
        return 422, "unprocessable"
    if cell.action == "media.show" and cell.status is not MediaStatus.READY:
        return 422, "unprocessable"  # the body names what the caller may not know of
    if asked.known_by and not verdict(harness.decisions, replace(cell, action=asked.known_by)):
        return 404, "not-found"
    return (401, "credentials-missing") if cell.who == "anonymous" else (403, "forbidden")


def test_a_cell_without_an_attempt_is_named_with_what_lacks_an_example() -> None:
    """And with the places where it can be given."""
    asked = Guarded("POST /v1/things", "things.add", NOTHING)
    wanted = "no attempt at POST /v1/things: `title` has no example; give it `Field\\(examples="
    with pytest.raises(pytest.fail.Exception, match=wanted):
        example_of(asked, "title", {"type": "string"})


def test_no_attempt_is_left_over() -> None:
    """From a route that went, or an action that it asks no more."""
    asked = {(each.operation, each.action) for each in GUARDED}
    assert not ATTEMPTS.keys() - asked, "take these out of tests/app/api/matrix"
    assert not EFFECTS.keys() - asked, "take these out of tests/app/api/matrix/noted.py"


def test_what_is_not_said_twice_is_proved_in_rego() -> None:
    """A package that expected.py does not restate has its own tests, which cover every line."""
    new = {each.action.partition(".")[0] for each in GUARDED} - expected.KINDS.keys()
    missing = [name for name in new if not (POLICIES / f"{name}_test.rego").exists()]
    assert not missing, f"write opa/policies/<package>_test.rego for {missing}"
