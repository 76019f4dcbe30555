"""The cells of the authorisation matrix: all that make sense, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from app.adapters.opa import WasmPolicy
from app.api.v1.auth_schemas import ACCOUNTS
from app.api.v1.jobs import JOBS
from app.api.v1.media import FILES
from app.api.v1.posts_guards import POSTS
from app.api.v1.sessions import SESSIONS
from app.services.policy import NOTHING, Decisions, ResourceKind
from model import PostStatus, Role, Session
from scripts.docs.matrix import ROLES, Cell, cells, verdict


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (POSTS, 7 * 4),
        (FILES, 7 * 4),
        (SESSIONS, 7),
        (ACCOUNTS, 4 * 3),
        (NOTHING, 4),
        (JOBS, 4),
        (ResourceKind("note", Session, owner="user_id"), 7),
    ],
)
def test_there_is_a_cell_for_each_combination(kind: ResourceKind[Any], expected: int) -> None:
    """Three roles own or do not, the anonymous never own; no combination twice."""
    found = list(cells("some.action", kind))
    assert len(found) == len(set(found)) == expected
    assert {cell.who for cell in found} == set(ROLES)


def test_the_anonymous_own_nothing() -> None:
    """Neither posts nor sessions."""
    found = [*cells("posts.edit", POSTS), *cells("sessions.read", SESSIONS)]
    assert {cell.ownership for cell in found if cell.who == "anonymous"} == {"other"}


def test_posts_take_every_status() -> None:
    """Of one's own as of others'."""
    found = list(cells("posts.edit", POSTS))
    own = {cell.status for cell in found if cell.who == "viewer" and cell.ownership == "own"}
    assert own == set(PostStatus)


def test_a_cell_asks_what_it_says() -> None:
    """Ownership is equality of identities."""
    own = Cell("editor", "posts.edit", "post", "own", PostStatus.DRAFT).question()
    assert own.caller is not None
    assert own.caller.roles == {Role.EDITOR}
    assert own.resource.owner == own.caller.subject
    other = Cell("editor", "posts.edit", "post", "other").question()
    assert other.resource.owner not in {None, own.caller.subject}
    assert Cell("anonymous", "posts.list", "none").question().caller is None


def test_the_verdict_is_the_policys(policy: WasmPolicy) -> None:
    """An editor's draft is the editor's, another's is not."""
    decisions = Decisions(policy)
    assert verdict(decisions, Cell("editor", "posts.edit", "post", "own", PostStatus.DRAFT))
    assert not verdict(decisions, Cell("editor", "posts.edit", "post", "other", PostStatus.DRAFT))
    assert verdict(decisions, Cell("admin", "auth.signup", "account", wanted_role=Role.ADMIN))
    assert not verdict(decisions, Cell("editor", "auth.signup", "account", wanted_role=Role.ADMIN))
