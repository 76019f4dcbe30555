"""Posts: lists, reading, writing, states, revisions and views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Request, Response
from pydantic import AwareDatetime

from access_patterns import outbox, posts, previews
from app.api.guards.permission import (
    Allowed,
    KnownCaller,
    Loaded,
    OptionalCaller,
    PermissionDep,
    guards,
)
from app.api.guards.routes import private_read_router, read_router, welcoming_router, write_router
from app.api.kit.conditional import (
    ReadingCondition,
    RequiredCondition,
    SharedCondition,
    Writing,
    WritingCondition,
)
from app.api.kit.container import NowDep, RepositoryDep, container_of
from app.api.kit.envelope import Envelope, ok
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import UNCHANGED, empty, problems, shown
from app.api.kit.requests import PageOut, Paging, source_of
from app.api.v1 import posts_schemas
from app.api.v1.auth_guards import UserAgent
from app.api.v1.posts_schemas import (
    DRAFT,
    POST,
    REVISION,
    REVISIONS,
    NewPost,
    PostOut,
    PostPatch,
    PostSummary,
    PostText,
    RevisionOut,
    RevisionSummary,
    SlugIn,
    ViewsOut,
    post_out,
    tag_of,
)
from app.core.asks import asks
from app.core.problems import (
    Conflict,
    CredentialsMissing,
    Forbidden,
    InvalidCursor,
    MalformedHeader,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    Taken,
    VersionConflict,
)
from app.services.policy import NOTHING, Resource, ResourceKind
from app.services.posts import deleting, reading, views, writing
from app.services.posts.reading import READ
from app.services.posts.views import Visitor
from model import CategoryKey, DailyView, Post, PostStatus, UserKey
from singletable import Query as Question
from singletable import Repository
from singletable.formats import instant

POSTS = ResourceKind[Post]("post", Post, owner="author_id", status="status", category="category_id")


@asks(posts.by_id)
def load_post(post_id: str, may: PermissionDep, repository: RepositoryDep) -> Post:
    """Known callers read what every earlier write left: they may be its writers."""
    return reading.found(repository, post_id, consistent=may.is_known)


@asks(posts.by_slug, posts.by_id)
def load_by_slug(slug: str, may: PermissionDep, repository: RepositoryDep) -> Post:
    return reading.by_slug(repository, slug, consistent=may.is_known)


def _missing() -> NotFound:
    return NotFound(what="the post")


def on_post(action: str, load: Callable[..., Post] = load_post) -> Loaded[Post]:
    """The post of the path; who may not read it is told that there is none."""
    return Loaded(POSTS, action, load, known_by=READ, hidden=_missing)


DELETE, PURGE = "posts.delete", "posts.purge"


@guards(POSTS, DELETE, PURGE, known_by=READ)
@asks(posts.by_id)
def post_or_remains(post_id: str, may: PermissionDep, repository: RepositoryDep) -> Post | None:
    """None where there is no post any more, though something may be left of it."""
    post = reading.stored(repository, post_id, consistent=True)
    if post is None:
        may.require(PURGE, Resource(POSTS.name))
    else:
        on_post(DELETE).check(may, post)
    return post


@guards(NOTHING, reading.LIST, reading.QUEUE)
@asks(
    posts.published,
    posts.published_in_category,
    posts.published_in_category_since,
    posts.by_author,
    posts.published_by_author,
    posts.in_status,
)
def list_question(
    may: PermissionDep,
    category: Annotated[CategoryKey | None, Query(description="A category's identity.")] = None,
    since: Annotated[
        Annotated[AwareDatetime, instant()] | None,
        Query(description="Published then or later; only with `category`."),
    ] = None,
    author: Annotated[UserKey | None, Query(description="Drafts too, if you may see them.")] = None,
    status: Annotated[
        PostStatus | None, Query(description="For editors: the longest waiting first.")
    ] = None,
) -> Question[Post]:
    """The question that a list answers: the policy's answer is part of it."""
    return reading.asked(reading.Filters(category, since, author, status), may)


ListedPosts = Annotated[Question[Post], Depends(list_question)]


PostOfSlug = Annotated[Post, Depends(on_post(READ, load_by_slug))]


ReadPost = Annotated[Post, Depends(on_post(READ))]


PostWithHistory = Annotated[Post, Depends(on_post("posts.history"))]


ViewedPost = Annotated[Post, Depends(on_post("posts.view"))]


EditedPost = Annotated[Post, Depends(on_post("posts.edit"))]


RenamedPost = Annotated[Post, Depends(on_post("posts.rename"))]


RestoredPost = Annotated[Post, Depends(on_post("posts.restore"))]


SubmittedPost = Annotated[Post, Depends(on_post("posts.submit"))]


PublishedPost = Annotated[Post, Depends(on_post("posts.publish"))]


UnpublishedPost = Annotated[Post, Depends(on_post("posts.unpublish"))]


ArchivedPost = Annotated[Post, Depends(on_post("posts.archive"))]


DeletedPost = Annotated[Post | None, Depends(post_or_remains)]


def changed(before: Post, condition: Writing, change: Callable[[Post], Post]) -> Envelope[PostOut]:
    """The post after `change`, which happens only to the state that the client expects."""
    condition.expects(tag_of(before))
    return _tagged(change(before), condition)


def changed_once(
    before: Post, condition: Writing, once: Idempotent, change: Callable[[Repository, Post], Post]
) -> Envelope[PostOut]:
    """The same for a change that may be repeated: one write, if any."""
    condition.expects(tag_of(before))
    return once(lambda stored: change(stored, before), lambda after: _tagged(after, condition))


def _tagged(after: Post, condition: Writing) -> Envelope[PostOut]:
    condition.tagged(tag_of(after))
    return ok(post_out(after))


CONDITIONAL: tuple[type[Problem], ...] = (
    NotFound,
    MalformedHeader,
    PreconditionFailed,
    VersionConflict,
)
"""If-Match may be sent; without it a lost race is a version conflict."""


CERTAIN = (NotFound, MalformedHeader, PreconditionFailed, PreconditionRequired)
"""If-Match must be sent."""


TRANSITION = (*CONDITIONAL, Conflict)
"""Not every state leads to every other."""


reads = read_router("/v1/posts", "posts")


MOVED = empty(308, "The slug is a former one; `Location` has the present one.", "Location")


@reads.get(
    "",
    response_model=Envelope[PageOut[PostSummary]],
    responses={
        **shown(posts_schemas.POSTS, "ETag"),
        **UNCHANGED,
        **problems(InvalidCursor, CredentialsMissing, Forbidden),
    },
)
def list_posts(
    question: ListedPosts, paging: Paging, repository: RepositoryDep, condition: SharedCondition
) -> Response:
    """Published posts, newest first: all, of a `category` (`since` a moment), or of an `author`.

    Editors list by `status` as well. Other combinations of filters are refused.
    """
    page = repository.fetch(question.page(paging.limit, paging.cursor))
    return condition.answer(ok(posts_schemas.page_of_posts(page)))


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
    condition.tagged(posts_schemas.tag_of(post))
    return ok(posts_schemas.post_out(post))


@reads.get(
    "/{post_id}",
    responses={**shown(posts_schemas.POST, "ETag"), **UNCHANGED, **problems(NotFound)},
)
def get_post(post: ReadPost, condition: ReadingCondition) -> Envelope[PostOut]:
    """A post. What is not published is shown to its author and to editors alone."""
    condition.tagged(posts_schemas.tag_of(post))
    return ok(posts_schemas.post_out(post))


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
        return ok(post_out(post))

    text = new.text()
    return once(lambda stored: writing.create(stored, text, new.slug, caller, now), answered)


@writes.put("/{post_id}", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(posts.edit, posts.move, outbox.add)
def replace_post(
    post: EditedPost,
    text: PostText,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Another text and category. The former text becomes a revision, unless nothing differs."""
    return changed(
        post,
        condition,
        lambda before: writing.edit(repository, before, text.text(), caller, now),
    )


@writes.patch("/{post_id}", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(posts.edit, posts.move, outbox.add)
def update_post(
    post: EditedPost,
    patch: PostPatch,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Some of the text or the category; what is left out stays."""
    return changed(
        post,
        condition,
        lambda before: writing.edit(repository, before, patch.applied_to(before), caller, now),
    )


@writes.put(
    "/{post_id}/slug",
    responses={**shown(POST, "ETag"), **problems(*CONDITIONAL, Taken, Conflict)},
)
@asks(posts.change_slug, outbox.add)
def rename_post(
    post: RenamedPost,
    wanted: SlugIn,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Another slug. The former one keeps leading to the post, and may be taken up again."""
    return changed(
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


states = write_router("/v1/posts", "posts")


ANSWERS = {**shown(POST, "ETag"), **problems(*TRANSITION)}


@states.post("/{post_id}/submit", responses=ANSWERS)
@asks(posts.submit)
def submit_post(
    post: SubmittedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Hands a draft over for review."""
    return changed_once(
        post, condition, once, lambda stored, before: writing.submit(stored, before, now)
    )


@states.post("/{post_id}/publish", responses=ANSWERS)
@asks(posts.publish, outbox.add)
def publish_post(
    post: PublishedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Publishes a post that was reviewed."""
    return changed_once(
        post, condition, once, lambda stored, before: writing.publish(stored, before, now)
    )


@states.post("/{post_id}/unpublish", responses=ANSWERS)
@asks(posts.unpublish, outbox.add)
def unpublish_post(
    post: UnpublishedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Makes a post a draft again: out of review, out of publication or out of the archive."""
    return changed_once(
        post, condition, once, lambda stored, before: writing.unpublish(stored, before, now)
    )


@states.post("/{post_id}/archive", responses=ANSWERS)
@asks(posts.archive, outbox.add)
def archive_post(
    post: ArchivedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Puts a draft or a published post away."""
    return changed_once(
        post, condition, once, lambda stored, before: writing.archive(stored, before, now)
    )


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
    return ok(PageOut(items=items, next_cursor=page.cursor))


@revision_reads.get("/{number}", responses={**shown(REVISION), **problems(NotFound)})
@asks(posts.revision)
def get_revision(
    post: PostWithHistory, number: int, repository: RepositoryDep
) -> Envelope[RevisionOut]:
    """One former text."""
    return ok(RevisionOut.model_validate(reading.revision(repository, post, number)))


@revision_writes.post("/{number}/restore", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
@asks(posts.revision, posts.restore, outbox.add)
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

    return changed_once(post, condition, once, restored)


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
    return ok(ViewsOut(views=views.total(repository, post)))
