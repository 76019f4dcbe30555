"""Former texts of a post, for its author and for editors."""

from __future__ import annotations

from app.auth.guard import KnownCaller
from app.clock import Now
from app.http.conditional import RequiredCondition
from app.http.documented import problems, shown
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import InvalidCursor, NotFound
from app.idempotency.once import Once
from app.posts import history, writing
from app.routers import private_read_router, write_router
from app.v1.posts_changing import changed_once
from app.v1.posts_documented import CERTAIN
from app.v1.posts_guards import PostWithHistory, RestoredPost
from app.v1.posts_out import (
    POST,
    REVISION,
    REVISIONS,
    PostOut,
    RevisionOut,
    RevisionSummary,
)
from app.wiring import Stored
from model import Post
from singletable import Repository

reads = private_read_router("/v1/posts/{post_id}/revisions", "posts")
writes = write_router("/v1/posts/{post_id}/revisions", "posts")


@reads.get("", responses={**shown(REVISIONS), **problems(InvalidCursor, NotFound)})
def list_revisions(
    post: PostWithHistory, paging: Paging, repository: Stored
) -> Envelope[PageOut[RevisionSummary]]:
    """What a post said before, newest first."""
    page = history.page(repository, post, paging.limit, paging.cursor)
    items = [RevisionSummary.model_validate(revision) for revision in page]
    return ok(PageOut(items=items, next_cursor=page.cursor))


@reads.get("/{number}", responses={**shown(REVISION), **problems(NotFound)})
def read_revision(post: PostWithHistory, number: int, repository: Stored) -> Envelope[RevisionOut]:
    """One former text."""
    return ok(RevisionOut.model_validate(history.revision(repository, post, number)))


@writes.post("/{number}/restore", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
def restore(
    post: RestoredPost,
    number: int,
    condition: RequiredCondition,
    caller: KnownCaller,
    once: Once,
    now: Now,
) -> Envelope[PostOut]:
    """Gives the post a former text again; the present one becomes a revision in turn."""

    def restored(stored: Repository, before: Post) -> Post:
        revision = history.revision(stored, before, number)
        return writing.restore(stored, before, revision, caller, now)

    return changed_once(post, condition, once, restored)
