"""Posts: lists, reading, writing and deleting."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Response

from access_patterns import outbox, posts, previews
from app.api.guards.permission import Allowed, KnownCaller
from app.api.guards.routes import read_router, write_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import (
    ReadingCondition,
    RequiredCondition,
    SharedCondition,
    WritingCondition,
)
from app.api.kit.container import NowDep, RepositoryDep
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import UNCHANGED, empty, problems, shown
from app.api.kit.requests import PageOut, Paging
from app.api.v1 import posts_schemas
from app.api.v1.posts_guards import (
    CERTAIN,
    CONDITIONAL,
    DeletedPost,
    EditedPost,
    ListedPosts,
    PostOfSlug,
    ReadPost,
    RenamedPost,
    change_post,
)
from app.api.v1.posts_schemas import (
    DRAFT,
    POST,
    NewPost,
    PostOut,
    PostPatch,
    PostSummary,
    PostText,
    SlugIn,
    post_out,
    tag_of,
)
from app.core.asks import asks
from app.core.problems import (
    Conflict,
    CredentialsMissing,
    Forbidden,
    InvalidCursor,
    NotFound,
    Taken,
)
from app.services.posts import deleting, listing, reading, writing
from app.services.posts.beside import PATTERNS, Include, beside
from model import Post

reads = read_router("/v1/posts", "posts")


MOVED = empty(308, "The slug is a former one; `Location` has the present one.", "Location")


@reads.get(
    "",
    response_model=Envelope[PageOut[PostSummary]],
    responses={
        **shown(posts_schemas.POSTS, "ETag"),
        **UNCHANGED,
        **problems(InvalidCursor, CredentialsMissing, Forbidden, NotFound),
    },
)
@asks(*PATTERNS)
def list_posts(
    listed: ListedPosts,
    paging: Paging,
    repository: RepositoryDep,
    condition: SharedCondition,
    include: Annotated[
        list[Include] | None, Query(description="What is to stand beside each post.")
    ] = None,
) -> Response:
    """Published posts: all, of a category, of an author, with a tag, or by title's beginning.

    Authors list their own posts in other states as well, and editors everyone's. Combinations of
    filters that no list answers are refused.
    """
    page = listed.page(repository, paging.limit, paging.cursor)
    known = beside(repository, page.items, include or ())
    return condition.answer(Envelope(data=posts_schemas.page_of_posts(page, known)))


@reads.get(
    "/by-slug/{slug}",
    response_model=Envelope[PostOut],
    responses={**shown(posts_schemas.POST, "ETag"), **UNCHANGED, **MOVED, **problems(NotFound)},
)
def get_post_by_slug(
    slug: str, post: PostOfSlug, condition: ReadingCondition
) -> Envelope[PostOut] | Response:
    """The post with a slug; from a former slug the way leads to the present one."""
    if post.slug != slug:
        location = f"/v1/posts/by-slug/{quote(post.slug)}"
        return Response(status_code=308, headers={"Location": location})
    condition.send_tag(posts_schemas.tag_of(post))
    return Envelope(data=posts_schemas.post_out(post))


@reads.get(
    "/{post_id}",
    responses={**shown(posts_schemas.POST, "ETag"), **UNCHANGED, **problems(NotFound)},
)
def get_post(post: ReadPost, condition: ReadingCondition) -> Envelope[PostOut]:
    """A post. What is not published is shown to its author and to editors alone."""
    condition.send_tag(posts_schemas.tag_of(post))
    return Envelope(data=posts_schemas.post_out(post))


writes = write_router("/v1/posts", "posts")


@writes.post(
    "",
    status_code=201,
    dependencies=[Depends(Allowed("posts.create"))],
    responses={**shown(DRAFT, "ETag", "Location", status=201), **problems(Taken)},
)
@asks(posts.create)
def create_post(
    new: NewPost, response: Response, caller: KnownCaller, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """A new draft by the caller. A slug of your own has to be free."""

    def answered(post: Post) -> Envelope[PostOut]:
        response.headers["Location"] = f"/v1/posts/{post.post_id}"
        response.headers["ETag"] = tag_of(post)
        return Envelope(data=post_out(post))

    text = new.text()
    return once(lambda stored: writing.create(stored, text, new.slug, caller, now), answered)


@writes.put("/{post_id}", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(posts.edit, posts.move, outbox.add, *listing.ENTERING, *listing.LEAVING)
def replace_post(
    post: EditedPost,
    text: PostText,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Another text and category. The former text becomes a revision, unless nothing differs."""
    return change_post(
        post,
        condition,
        lambda before: writing.edit(repository, before, text.text(), caller, now),
    )


@writes.patch("/{post_id}", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(posts.edit, posts.move, outbox.add, *listing.ENTERING, *listing.LEAVING)
def update_post(
    post: EditedPost,
    patch: PostPatch,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Some of the text or the category; what is left out stays."""
    return change_post(
        post,
        condition,
        lambda before: writing.edit(repository, before, patch.applied_to(before), caller, now),
    )


@writes.put(
    "/{post_id}/slug",
    responses={**shown(POST, "ETag"), **problems(*CONDITIONAL, Taken, Conflict)},
)
@asks(posts.change_slug, outbox.add, *listing.ENTERING)
def rename_post(
    post: RenamedPost,
    wanted: SlugIn,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Another slug. The former one keeps leading to the post, and may be taken up again."""
    return change_post(
        post,
        condition,
        lambda before: writing.rename(repository, before, wanted.slug, now),
    )


@writes.delete(
    "/{post_id}",
    status_code=204,
    responses={**empty(204, "It is gone, with all that belonged to it."), **problems(*CONDITIONAL)},
)
@asks(
    posts.delete,
    posts.release_slug,
    outbox.add,
    *listing.LEAVING,
    posts.revisions,
    posts.delete_revision,
    posts.views,
    posts.delete_view_count,
    previews.by_post_with_expired,
    previews.delete,
)
def delete_post(
    post_id: str,
    post: DeletedPost,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Response:
    """Deletes a post, its slugs, revisions and views. Repeat it if the answer does not arrive."""
    if post is None:
        deleting.finish(repository, reading.identity(post_id))
    else:
        condition.expects(tag_of(post))
        deleting.delete(repository, post, now)
    return Response(status_code=204)
