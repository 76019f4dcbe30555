"""What belongs to a post: its pictures, its former texts, and how often it was read."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import ConfigDict, Field

from access_patterns import media, outbox, posts, tags
from app.api.guards.permission import KnownCaller, OptionalCaller, PermissionDep, guards
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import RequiredCondition
from app.api.kit.container import NowDep, RepositoryDep, container_of, source_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import carrying, problems
from app.api.kit.requests import PageOut, Paging, UserAgent
from app.api.v1 import posts_guards
from app.api.v1.media import FILES, Objects
from app.api.v1.posts_guards import show_with_tag, tag_of
from app.api.v1.posts_schemas import PostOut, RevisionOut, RevisionSummary, ViewsOut
from app.core.context import asks
from app.core.problems import Conflict
from app.core.wire import In
from app.services import post_reading, post_writing, tag_lists, uploads
from model import MediaId, MediaKey, Post, PostStatus
from model.post import MediaKeys
from singletable import Repository

media_reads = public_router("/v1/posts/{post_id}/media", "posts")
media_writes = private_router("/v1/posts/{post_id}/media", "posts")
revisions = private_router("/v1/posts/{post_id}/revisions", "posts")
views = public_router("/v1/posts/{post_id}/views", "posts")

PUBLIC_SECONDS = 300
"""For which caches may send readers to the same URL: much less than it is good for."""

_EXAMPLE = "01JD9GZ2J0V5X7Q3M8K4T6B1RB"


class PicturesIn(In):
    """The files that a post is to show: what is left out is shown no more."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"coverMediaId": _EXAMPLE, "mediaIds": []}]}
    )

    cover_media_id: MediaKey | None = None
    media_ids: MediaKeys = Field(
        default_factory=list[MediaId], description="Those that its text shows."
    )


@guards(FILES, uploads.SHOW, known_by=uploads.READ)
@asks(media.each)
def wanted_pictures(
    post: posts_guards.EditedPost, wanted: PicturesIn, may: PermissionDep, repository: RepositoryDep
) -> Post:
    """The post as it is to be."""
    after = post.model_copy(update=wanted.model_dump())
    uploads.check_pictures(repository, may, FILES, post, after)
    return after


@media_writes.put("", responses=problems(Conflict))
@asks(posts.show_media, media.check_ready, *tag_lists.ENTERING)
def show_post_media(
    post: posts_guards.EditedPost,
    after: Annotated[Post, Depends(wanted_pictures)],
    condition: RequiredCondition,
    repository: RepositoryDep,
) -> Envelope[PostOut]:
    """Which pictures a post shows: your own, its author's, or any if you are an administrator.

    Once it is published everyone gets them. There is no revision: the text stays.
    """
    condition.expects(tag_of(post))
    return show_with_tag(post_writing.show_media(repository, post, after), condition)


@media_reads.get(
    "/{media_id}",
    status_code=307,
    response_class=Response,
    response_description="`Location` is where browsers show it from.",
    responses={307: carrying("Location", "Cache-Control")},
)
@asks(media.by_id)
def get_post_media(
    post: posts_guards.ReadPost,
    media_id: MediaKey,
    repository: RepositoryDep,
    objects: Objects,
    now: NowDep,
) -> Response:
    """A picture that a post shows: a stable address for pages, which leads into the bucket.

    Whoever may read the post gets it. Of a published post it may be cached, by everyone.
    """
    file = uploads.find_picture(repository, post, media_id)
    is_public = post.status is PostStatus.PUBLISHED
    url = uploads.picture_url(objects, file, now, is_public=is_public)
    kept = f"public, max-age={PUBLIC_SECONDS}" if is_public else "private, no-store"
    return Response(status_code=307, headers={"Location": url, "Cache-Control": kept})


@revisions.get("")
@asks(posts.revisions)
def list_revisions(
    post: posts_guards.PostWithHistory, paging: Paging
) -> Envelope[PageOut[RevisionSummary]]:
    """What a post said before, newest first."""
    former = posts.revisions(post.post_id).consistent()
    return paging.load(former, RevisionSummary.model_validate)


@revisions.get("/{number}")
@asks(posts.revision)
def get_revision(
    post: posts_guards.PostWithHistory, number: int, repository: RepositoryDep
) -> Envelope[RevisionOut]:
    """One former text."""
    return Envelope(
        data=RevisionOut.model_validate(post_reading.revision(repository, post, number))
    )


@revisions.post("/{number}/restore")
@asks(
    posts.revision, posts.restore, outbox.add, *tag_lists.ENTERING, tags.unlist_post, tags.decrement
)
def restore_revision(
    post: posts_guards.RestoredPost,
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
    return once(restored, lambda after: show_with_tag(after, condition))


@views.get("")
@asks(posts.views)
def get_views(post: posts_guards.ReadPost, repository: RepositoryDep) -> Envelope[ViewsOut]:
    """All views so far."""
    counters = repository.iterate(posts.views(post.post_id))
    return Envelope(data=ViewsOut(views=sum(counter.views for counter in counters)))


@views.post("", status_code=204, response_description="It is counted, now or before.")
@asks(posts.count_view)
def count_view(
    request: Request,
    post: posts_guards.ViewedPost,
    caller: OptionalCaller,
    user_agent: UserAgent,
    once: Idempotent,
    now: NowDep,
) -> Response:
    """Counts a view of a published post: one for each visitor and day (UTC), however often sent.

    A visitor is a known caller, else a network and a browser's name.
    """
    visitors = container_of(request).visitors
    if caller is None:
        seen = visitors.view_of_stranger(source_of(request), user_agent, post.post_id, now)
    else:
        seen = visitors.view_of_caller(caller.subject, post.post_id, now)
    return once(
        lambda stored: post_reading.count_view(stored, post, seen),
        lambda _: Response(status_code=204),
    )
