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
from app.api.kit.requests import PageOut, Paging, UserAgent, page_of
from app.api.v1.posts_guards import (
    CERTAIN,
    PostWithHistory,
    ReadPost,
    RestoredPost,
    ViewedPost,
    changed,
    tag_of,
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
from app.services import post_reading, post_writing, tag_lists
from model import DailyView, Post
from singletable import Repository

revision_reads = private_read_router("/v1/posts/{post_id}/revisions", "posts")
revision_writes = write_router("/v1/posts/{post_id}/revisions", "posts")
view_reads = read_router("/v1/posts/{post_id}/views", "posts")
view_writes = welcoming_router("/v1/posts/{post_id}/views", "posts")


@revision_reads.get("", responses={**shown(REVISIONS), **problems(InvalidCursor, NotFound)})
@asks(posts.revisions)
def list_revisions(
    post: PostWithHistory, paging: Paging, repository: RepositoryDep
) -> Envelope[PageOut[RevisionSummary]]:
    """What a post said before, newest first."""
    query = posts.revisions(post.post_id).consistent()
    page = repository.fetch(query.page(paging.limit, paging.cursor))
    return page_of(page, RevisionSummary.model_validate)


@revision_reads.get("/{number}", responses={**shown(REVISION), **problems(NotFound)})
@asks(posts.revision)
def get_revision(
    post: PostWithHistory, number: int, repository: RepositoryDep
) -> Envelope[RevisionOut]:
    """One former text."""
    return Envelope(
        data=RevisionOut.model_validate(post_reading.revision(repository, post, number))
    )


@revision_writes.post("/{number}/restore", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(
    posts.revision, posts.restore, outbox.add, *tag_lists.ENTERING, tags.unlist_post, tags.decrement
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

    def restored(stored: Repository) -> Post:
        revision = post_reading.revision(stored, post, number)
        return post_writing.restore(stored, post, revision, caller, now)

    condition.expects(tag_of(post))
    return once(restored, lambda after: changed(after, condition))


async def viewing_now(
    request: Request, post: ViewedPost, caller: OptionalCaller, user_agent: UserAgent, now: NowDep
) -> DailyView:
    """What tells whether this visitor has been counted today."""
    visitors = container_of(request).visitors
    if caller is None:
        return visitors.view_of_stranger(source_of(request), user_agent, post.post_id, now)
    return visitors.view_of_caller(caller.subject, post.post_id, now)


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
    return once(
        lambda stored: post_reading.count_view(stored, post, seen),
        lambda _: Response(status_code=204),
    )


@view_reads.get("", responses={**shown(ViewsOut(views=12)), **problems(NotFound)})
@asks(posts.views)
def get_views(post: ReadPost, repository: RepositoryDep) -> Envelope[ViewsOut]:
    """All views so far."""
    return Envelope(data=ViewsOut(views=post_reading.total_views(repository, post)))
