"""Who sees what: one table of callers and states."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.auth.caller import Caller
from app.posts import visibility
from model import CategoryId, Post, PostId, PostStatus, Role, Slug, UserId

NOW = datetime(2026, 3, 14, tzinfo=UTC)
POST = Post(
    post_id=PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA"),
    author_id=UserId("ada"),
    category_id=CategoryId("news"),
    slug=Slug("hello"),
    title="Hello",
    status_since=NOW,
    created_at=NOW,
)
NOBODY, ADA, BOB = None, Caller("ada", frozenset()), Caller("bob", frozenset({Role.VIEWER}))
EVA, ROOT = (Caller(role, frozenset({role})) for role in (Role.EDITOR, Role.ADMIN))


@pytest.mark.parametrize("caller", [ADA, EVA, ROOT])
@pytest.mark.parametrize("status", list(PostStatus))
def test_authors_and_editors_see_all(caller: Caller, status: PostStatus) -> None:
    """Every state, every former text, and may change it."""
    post = POST.model_copy(update={"status": status})
    assert visibility.may_read(post, caller)
    assert visibility.may_read_history(post, caller)
    assert visibility.may_change(post, caller)


@pytest.mark.parametrize("caller", [NOBODY, BOB])
@pytest.mark.parametrize("status", list(PostStatus))
def test_others_see_what_is_published(caller: Caller | None, status: PostStatus) -> None:
    """And no former text."""
    post = POST.model_copy(update={"status": status})
    assert visibility.may_read(post, caller) is (status is PostStatus.PUBLISHED)
    assert not visibility.may_read_history(post, caller)


def test_editors_are_known_by_their_roles() -> None:
    """Authors are none by being authors."""
    assert [visibility.is_editor(c) for c in (NOBODY, ADA, BOB, EVA, ROOT)] == [
        False,
        False,
        False,
        True,
        True,
    ]
