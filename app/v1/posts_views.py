"""How often a post was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from app.auth.guard import OptionalCaller
from app.clock import Now
from app.http.documented import empty, problems, shown
from app.http.envelope import Envelope, ok
from app.http.refusals import Forbidden, NotFound
from app.http.source import source_of
from app.idempotency.once import Once
from app.posts import viewing
from app.posts.visitors import Visitor
from app.routers import read_router, welcoming_router
from app.v1.posts_guards import ReadPost, ViewedPost
from app.v1.posts_out import ViewsOut
from app.v1.user_agent import UserAgent
from app.wiring import Stored, wiring_of
from model import DailyView

reads = read_router("/v1/posts/{post_id}/views", "posts")
writes = welcoming_router("/v1/posts/{post_id}/views", "posts")


async def viewing_now(
    request: Request, post: ViewedPost, caller: OptionalCaller, user_agent: UserAgent, now: Now
) -> DailyView:
    """What tells whether this visitor has been counted today."""
    if caller is None:
        visitor = Visitor.stranger(source_of(request), user_agent)
    else:
        visitor = Visitor.known(caller.subject)
    return wiring_of(request).visitors.viewing(visitor, post.post_id, now)


@writes.post(
    "",
    status_code=204,
    responses={**empty(204, "It is counted, now or before."), **problems(Forbidden, NotFound)},
)
def count_view(
    post: ViewedPost, seen: Annotated[DailyView, Depends(viewing_now)], once: Once
) -> Response:
    """Counts a view of a published post: one for each visitor and day (UTC), however often sent.

    A visitor is a known caller, else a network and a browser's name.
    """
    return once(
        lambda stored: viewing.count(stored, post, seen), lambda _: Response(status_code=204)
    )


@reads.get("", responses={**shown(ViewsOut(views=12)), **problems(NotFound)})
def read_views(post: ReadPost, repository: Stored) -> Envelope[ViewsOut]:
    """All views so far."""
    return ok(ViewsOut(views=viewing.total(repository, post)))
