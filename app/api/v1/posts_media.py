"""The pictures of a post: set by those who edit it, got by its readers."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response
from pydantic import ConfigDict, Field

from access_patterns import media, posts
from app.api.guards.permission import PermissionDep, guards
from app.api.guards.routes import read_router, write_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import RequiredCondition
from app.api.kit.container import NowDep, RepositoryDep
from app.api.kit.openapi import empty, problems, shown
from app.api.v1.media import FILES, Objects
from app.api.v1.posts_guards import CERTAIN, EditedPost, ReadPost, changed, tag_of
from app.api.v1.posts_schemas import POST, PostOut
from app.core.asks import asks
from app.core.problems import Conflict, NotFound
from app.core.wire import In
from app.services import post_writing, tag_lists, uploads
from model import MediaId, MediaKey, Post, PostStatus
from model.post import MediaKeys

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
    post: EditedPost, wanted: PicturesIn, may: PermissionDep, repository: RepositoryDep
) -> Post:
    """The post as it is to be."""
    after = post.model_copy(update=wanted.model_dump())
    uploads.check_pictures(repository, may, FILES, post, after)
    return after


reads = read_router("/v1/posts/{post_id}/media", "posts")
writes = write_router("/v1/posts/{post_id}/media", "posts")


@writes.put("", responses={**shown(POST, "ETag"), **problems(*CERTAIN, Conflict)})
@asks(posts.show_media, media.check_ready, *tag_lists.ENTERING)
def show_post_media(
    post: EditedPost,
    after: Annotated[Post, Depends(wanted_pictures)],
    condition: RequiredCondition,
    repository: RepositoryDep,
) -> Envelope[PostOut]:
    """Which pictures a post shows: your own, its author's, or any if you are an administrator.

    Once it is published everyone gets them. There is no revision: the text stays.
    """
    condition.expects(tag_of(post))
    return changed(post_writing.show_media(repository, post, after), condition)


@reads.get(
    "/{media_id}",
    status_code=307,
    response_class=Response,
    responses={
        **empty(307, "`Location` is where browsers show it from.", "Location", "Cache-Control"),
        **problems(NotFound),
    },
)
@asks(media.by_id)
def get_post_media(
    post: ReadPost,
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
