"""What belongs to a post: its former texts, and how often it was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from access_patterns import outbox, posts, tags
from app.api.guards.permission import KnownCaller, OptionalCaller
from app.api.guards.routes import (
    private_read_router,
    read_router,
    welcoming_router,
    write_router,
)
from app.api.kit.answers import Envelope
from app.api.kit.conditional import RequiredCondition
from app.api.kit.container import NowDep, RepositoryDep, container_of, source_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import empty, problems, shown
from app.api.kit.requests import PageOut, Paging
from app.api.v1.auth_guards import UserAgent
from app.api.v1.posts_guards import (
    CERTAIN,
    PostWithHistory,
    ReadPost,
    RestoredPost,
    ViewedPost,
    change_post_once,
)
from app.api.v1.posts_schemas import (
    POST,
    REVISION,
    REVISIONS,
    PostOut,
    RevisionOut,
    RevisionSummary,
    ViewsOut,
)
from app.core.asks import asks
from app.core.problems import Forbidden, InvalidCursor, NotFound
from app.services.posts import listing, reading, views, writing
from app.services.posts.views import Visitor
from model import DailyView, Post
from singletable import Repository

revision_reads = private_read_router("/v1/posts/{post_id}/revisions", "posts")


revision_writes = write_router("/v1/posts/{post_id}/revisions", "posts")


@revision_reads.get("", responses={**shown(REVISIONS), **problems(InvalidCursor, NotFound)})
@asks(posts.revisions)
def list_revisions(
    post: PostWithHistory, paging: Paging, repository: RepositoryDep
) -> Envelope[PageOut[RevisionSummary]]:
    """What a post said before, newest first."""
    page = reading.page(repository, post, paging.limit, paging.cursor)
    items = [RevisionSummary.model_validate(revision) for revision in page]
    return Envelope(data=PageOut(items=items, next_cursor=page.cursor))


@revision_reads.get("/{number}", responses={**shown(REVISION), **problems(NotFound)})
@asks(posts.revision)
def get_revision(
    post: PostWithHistory, number: int, repository: RepositoryDep
) -> Envelope[RevisionOut]:
    """One former text."""
    return Envelope(data=RevisionOut.model_validate(reading.revision(repository, post, number)))


@revision_writes.post("/{number}/restore", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(
    posts.revision, posts.restore, outbox.add, *listing.ENTERING, tags.unlist_post, tags.decrement
)
def restore_revision(
    post: RestoredPost,
    number: int,
    condition: RequiredCondition,
    caller: KnownCaller,
    once: Idempotent,
    now: NowDep,
) -> Envelope[PostOut]:
    """Gives the post a former text again; the present one becomes a revision in turn."""

    def restored(stored: Repository, before: Post) -> Post:
        revision = reading.revision(stored, before, number)
        return writing.restore(stored, before, revision, caller, now)

    return change_post_once(post, condition, once, restored)


view_reads = read_router("/v1/posts/{post_id}/views", "posts")


view_writes = welcoming_router("/v1/posts/{post_id}/views", "posts")


async def viewing_now(
    request: Request, post: ViewedPost, caller: OptionalCaller, user_agent: UserAgent, now: NowDep
) -> DailyView:
    """What tells whether this visitor has been counted today."""
    if caller is None:
        visitor = Visitor.stranger(source_of(request), user_agent)
    else:
        visitor = Visitor.known(caller.subject)
    return container_of(request).visitors.viewing(visitor, post.post_id, now)


@view_writes.post(
    "",
    status_code=204,
    responses={**empty(204, "It is counted, now or before."), **problems(Forbidden, NotFound)},
)
@asks(posts.count_view)
def count_view(
    post: ViewedPost, seen: Annotated[DailyView, Depends(viewing_now)], once: Idempotent
) -> Response:
    """Counts a view of a published post: one for each visitor and day (UTC), however often sent.

    A visitor is a known caller, else a network and a browser's name.
    """
    return once(lambda stored: views.count(stored, post, seen), lambda _: Response(status_code=204))


@view_reads.get("", responses={**shown(ViewsOut(views=12)), **problems(NotFound)})
@asks(posts.views)
def get_views(post: ReadPost, repository: RepositoryDep) -> Envelope[ViewsOut]:
    """All views so far."""
    return Envelope(data=ViewsOut(views=views.total(repository, post)))
