"""Guards that find a post for an action, and the conditions of its changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime

from access_patterns import categories, posts
from app.api.guards.permission import Loaded, PermissionDep, guards
from app.api.kit.answers import Envelope
from app.api.kit.conditional import Writing
from app.api.kit.container import RepositoryDep, container_of
from app.api.kit.idempotency import Idempotent
from app.api.v1.posts_schemas import PostOut, post_out, tag_of
from app.core.asks import asks
from app.core.problems import (
    Conflict,
    MalformedHeader,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
    Problem,
    VersionConflict,
)
from app.services.policy import NOTHING, Resource, ResourceKind
from app.services.posts import lists, reading
from app.services.posts.lists import Filters, Lister
from app.services.posts.merged import ListCursors, Order, PostList
from app.services.posts.reading import READ
from model import CategoryKey, Post, PostStatus, SlugKey, UserKey
from singletable import Repository
from singletable.formats import instant

POSTS = ResourceKind[Post]("post", Post, owner="author_id", status="status", category="category_id")


@asks(posts.by_id)
def load_post(post_id: str, may: PermissionDep, repository: RepositoryDep) -> Post:
    """Known callers read what every earlier write left: they may be its writers."""
    return reading.find(repository, post_id, consistent=may.is_known)


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
    post = reading.fetch(repository, post_id, consistent=True)
    if post is None:
        may.require(PURGE, Resource(POSTS.name))
    else:
        on_post(DELETE).check(may, post)
    return post


def _cursors(request: Request) -> ListCursors:
    settings = container_of(request).settings
    given = (settings.cursor_secret, settings.cursor_secret_previous)
    return ListCursors([secret.get_secret_value().encode() for secret in given if secret])


def lister(
    request: Request,
    may: PermissionDep,
    repository: RepositoryDep,
    order: Annotated[
        Order, Query(description="By publication, or by the last change of status.")
    ] = Order.NEWEST,
) -> Lister:
    return Lister(repository, may, _cursors(request), order)


@guards(NOTHING, lists.LIST, lists.QUEUE)
@asks(categories.by_slug, categories.tree, *lists.PATTERNS)
def find_list(
    lister: Annotated[Lister, Depends(lister)],
    category: Annotated[SlugKey | None, Query(description="The slug of a category.")] = None,
    category_id: Annotated[
        CategoryKey | None, Query(alias="categoryId", description="A category's identity.")
    ] = None,
    below: Annotated[
        bool, Query(description="With a category: posts of all categories below it, too.")
    ] = False,
    since: Annotated[
        Annotated[AwareDatetime, instant()] | None,
        Query(description="Published then or later; only with a category."),
    ] = None,
    author: Annotated[UserKey | None, Query(description="Drafts too, if you may see them.")] = None,
    status: Annotated[
        PostStatus | None,
        Query(description="Of an `author`: if you may see them. Of everyone: for editors."),
    ] = None,
    tag: Annotated[
        str | None, Query(min_length=1, max_length=50, description="In any letter case.")
    ] = None,
    title: Annotated[
        str | None,
        Query(min_length=1, max_length=60, description="The beginning of titles; by title."),
    ] = None,
) -> PostList:
    if category and category_id:
        raise lists.no_list_by("category", "categoryId")
    if category:
        category_id = lister.category_of(category)
    return lister.find(Filters(category_id, below or None, since, author, status, tag, title))


ListedPosts = Annotated[PostList, Depends(find_list)]
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


def change_post(
    before: Post, condition: Writing, change: Callable[[Post], Post]
) -> Envelope[PostOut]:
    """The post after `change`, which happens only to the state that the client expects."""
    condition.expects(tag_of(before))
    return _answer(change(before), condition)


def change_post_once(
    before: Post, condition: Writing, once: Idempotent, change: Callable[[Repository, Post], Post]
) -> Envelope[PostOut]:
    """The same for a change that may be repeated: one write, if any."""
    condition.expects(tag_of(before))
    return once(lambda stored: change(stored, before), lambda after: _answer(after, condition))


def _answer(after: Post, condition: Writing) -> Envelope[PostOut]:
    condition.send_tag(tag_of(after))
    return Envelope(data=post_out(after))


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
