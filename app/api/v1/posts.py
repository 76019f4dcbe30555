"""Posts: lists, reading, writing, their steps from status to status, and deleting."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response

from access_patterns import outbox, posts, previews
from app.api.guards.permission import Allowed, KnownCaller
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import RequiredCondition, SharedCondition, WritingCondition
from app.api.kit.container import NowDep, RepositoryDep
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import MOVED, carrying, problems
from app.api.kit.requests import PageOut, Paging, Separated
from app.api.v1 import posts_guards, posts_schemas
from app.api.v1.posts_guards import show_with_tag, tag_of
from app.api.v1.posts_schemas import PostOut, PostSummary, with_beside
from app.core.context import asks
from app.core.problems import Conflict, CredentialsMissing, NotFound, Taken
from app.services import post_writing, tag_lists
from app.services.post_reading import BESIDE, Include, load_beside
from model import Post, PostKey

reads = public_router("/v1/posts", "posts")
writes = private_router("/v1/posts", "posts")

TRANSITION = problems(Conflict)
"""Not every state leads to every other."""


@reads.get(
    "",
    response_model=Envelope[PageOut[PostSummary]],
    responses=problems(CredentialsMissing, NotFound),
)
@asks(*BESIDE)
def list_posts(
    listed: posts_guards.ListedPosts,
    paging: Paging,
    repository: RepositoryDep,
    condition: SharedCondition,
    include: Annotated[
        list[Include] | None, Separated, Query(description="What is to stand beside each post.")
    ] = None,
) -> Response:
    """Published posts: all, of a category, of an author, with a tag, or by title's beginning.

    Authors list their own posts in other states as well, and editors everyone's. Combinations of
    filters that no list answers are refused.
    """
    page = listed.page(repository, paging.limit, paging.cursor)
    known = load_beside(repository, page.items, include or ())
    items = [with_beside(PostSummary, post, known) for post in page]
    return condition.answer(Envelope(data=PageOut(items=items, next_cursor=page.cursor)))


@reads.get("/by-slug/{slug}", response_model=Envelope[PostOut], responses=MOVED)
def get_post_by_slug(
    slug: str, post: posts_guards.PostOfSlug, show: posts_guards.OnePostDep, request: Request
) -> Envelope[PostOut] | Response:
    """The post with a slug; from another spelling or a former slug the way leads to it."""
    if post.slug != slug:
        query = f"?{request.url.query}" if request.url.query else ""
        location = f"/v1/posts/by-slug/{quote(post.slug)}{query}"
        return Response(status_code=308, headers={"Location": location})
    return show(post)


@reads.get("/{post_id}")
def get_post(post: posts_guards.ReadPost, show: posts_guards.OnePostDep) -> Envelope[PostOut]:
    """A post. What is not published is shown to its author and to editors alone."""
    return show(post)


@writes.post(
    "",
    status_code=201,
    dependencies=[Depends(Allowed("posts.create"))],
    responses={201: carrying("ETag", "Location"), **problems(Taken)},
)
@asks(posts.create)
def create_post(
    new: posts_schemas.NewPost,
    response: Response,
    caller: KnownCaller,
    once: Idempotent,
    now: NowDep,
) -> Envelope[PostOut]:
    """A new draft by the caller. A slug of your own has to be free."""

    def answered(post: Post) -> Envelope[PostOut]:
        response.headers["Location"] = f"/v1/posts/{post.post_id}"
        response.headers["ETag"] = tag_of(post)
        return Envelope(data=PostOut.model_validate(post))

    text = new.text()
    return once(lambda stored: post_writing.create(stored, text, new.slug, caller, now), answered)


@writes.put("/{post_id}")
@asks(posts.edit, posts.move, outbox.add, *tag_lists.ENTERING, *tag_lists.LEAVING)
def replace_post(
    post: posts_guards.EditedPost,
    text: posts_schemas.PostText,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Another text and category. The former text becomes a revision, unless nothing differs."""
    condition.expects(tag_of(post))
    return show_with_tag(post_writing.edit(repository, post, text.text(), caller, now), condition)


@writes.patch("/{post_id}")
@asks(posts.edit, posts.move, outbox.add, *tag_lists.ENTERING, *tag_lists.LEAVING)
def update_post(
    post: posts_guards.EditedPost,
    patch: posts_schemas.PostPatch,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Some of the text or the category; what is left out stays."""
    condition.expects(tag_of(post))
    return show_with_tag(
        post_writing.edit(repository, post, patch.applied_to(post), caller, now), condition
    )


@writes.put("/{post_id}/slug", responses=problems(Taken, Conflict))
@asks(posts.change_slug, outbox.add, *tag_lists.ENTERING)
def rename_post(
    post: posts_guards.RenamedPost,
    wanted: posts_schemas.SlugIn,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Another slug. The former one keeps leading to the post, and may be taken up again."""
    condition.expects(tag_of(post))
    return show_with_tag(post_writing.rename(repository, post, wanted.slug, now), condition)


@writes.post("/{post_id}/submit", responses=TRANSITION)
@asks(posts.submit)
def submit_post(post: posts_guards.SubmittedPost, step: posts_guards.StepDep) -> Envelope[PostOut]:
    """Hands a draft over for review."""
    return step(post, post_writing.submit)


@writes.post("/{post_id}/publish", responses=TRANSITION)
@asks(posts.publish, outbox.add, *tag_lists.ENTERING)
def publish_post(post: posts_guards.PublishedPost, step: posts_guards.StepDep) -> Envelope[PostOut]:
    """Publishes a post that was reviewed."""
    return step(post, post_writing.publish)


@writes.post("/{post_id}/unpublish", responses=TRANSITION)
@asks(posts.unpublish, outbox.add, *tag_lists.LEAVING)
def unpublish_post(
    post: posts_guards.UnpublishedPost, step: posts_guards.StepDep
) -> Envelope[PostOut]:
    """Makes a post a draft again: out of review, out of publication or out of the archive."""
    return step(post, post_writing.unpublish)


@writes.post("/{post_id}/archive", responses=TRANSITION)
@asks(posts.archive, outbox.add, *tag_lists.LEAVING)
def archive_post(post: posts_guards.ArchivedPost, step: posts_guards.StepDep) -> Envelope[PostOut]:
    """Puts a draft or a published post away."""
    return step(post, post_writing.archive)


@writes.put("/{post_id}/schedule", responses=TRANSITION)
@asks(posts.schedule)
def schedule_post(
    post: posts_guards.PublishedPost,
    wanted: posts_schemas.ScheduleIn,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Plans the publication of a post in review, or another moment of it.

    It is published within a minute or so after that moment. Whatever else changes its status
    ends the plan.
    """
    condition.expects(tag_of(post))
    return show_with_tag(post_writing.plan(repository, post, wanted.at, now), condition)


@writes.delete("/{post_id}/schedule", responses=TRANSITION)
@asks(posts.unschedule)
def unschedule_post(
    post: posts_guards.PublishedPost, condition: WritingCondition, repository: RepositoryDep
) -> Envelope[PostOut]:
    """Drops the planned publication of a post in review, if there is one."""
    condition.expects(tag_of(post))
    return show_with_tag(repository.write(posts.unschedule(post)), condition)


@writes.delete(
    "/{post_id}",
    status_code=204,
    response_description="It is gone, with all that belonged to it.",
)
@asks(
    posts.delete,
    posts.release_slug,
    outbox.add,
    *tag_lists.LEAVING,
    posts.revisions,
    posts.delete_revision,
    posts.views,
    posts.delete_view_count,
    previews.by_post_with_expired,
    previews.delete,
)
def delete_post(
    post_id: PostKey,
    post: posts_guards.DeletedPost,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Response:
    """Deletes a post, its slugs, revisions and views. Repeat it if the answer does not arrive."""
    if post is None:
        if not post_writing.purge(repository, post_id):
            raise NotFound(what="the post")
    else:
        condition.expects(tag_of(post))
        post_writing.delete(repository, post, now)
    return Response(status_code=204)
