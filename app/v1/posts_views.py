"""How often a post was read."""

from __future__ import annotations

from fastapi import Response

from app.http.documented import empty, problems, shown
from app.http.envelope import Envelope, ok
from app.http.refusals import NotFound
from app.idempotency.once import Once
from app.posts import viewing
from app.routers import read_router, write_router
from app.v1.posts_guards import ReadPost, ViewedPost
from app.v1.posts_out import ViewsOut
from app.wiring import Stored

reads = read_router("/v1/posts/{post_id}/views", "posts")
writes = write_router("/v1/posts/{post_id}/views", "posts")


@writes.post(
    "",
    status_code=204,
    responses={**empty(204, "It was counted."), **problems(NotFound)},
)
def count_view(post: ViewedPost, once: Once) -> Response:
    """Counts one view of a published post."""
    return once(lambda stored: viewing.count(stored, post), lambda _: Response(status_code=204))


@reads.get("", responses={**shown(ViewsOut(views=12)), **problems(NotFound)})
def read_views(post: ReadPost, repository: Stored) -> Envelope[ViewsOut]:
    """All views so far."""
    return ok(ViewsOut(views=viewing.total(repository, post)))
