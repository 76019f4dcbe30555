"""Guards that find a post for an action, and the conditions of its changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime

from access_patterns import categories, posts
from app.api.guards.permission import Loaded, PermissionDep, allowed_actions, guards
from app.api.kit.answers import Envelope
from app.api.kit.conditional import EntityTag, Reading, ReadingCondition, Writing, WritingCondition
from app.api.kit.container import RepositoryDep, container_of, repository_of, state_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.requests import Separated
from app.api.v1.posts_schemas import PostOut, with_beside
from app.core.context import asks
from app.core.problems import NotFound, require_found
from app.services import post_lists, post_reading
from app.services.policy import NOTHING, Resource, ResourceKind
from app.services.post_lists import ListCursors, Lister, Order, PostList
from app.services.post_reading import READ, IncludeOne
from model import CategoryKey, Post, PostKey, PostStatus, SlugKey, UserKey
from singletable import Repository
from singletable.formats import instant

POSTS = ResourceKind[Post]("post", Post, owner="author_id", status="status", category="category_id")


@asks(posts.by_id)
def load_post(post_id: PostKey, may: PermissionDep, repository: RepositoryDep) -> Post:
    """Known callers read what every earlier write left: they may be its writers."""
    found = post_reading.fetch(repository, post_id, consistent=may.caller is not None)
    return require_found(found, "the post")


@asks(posts.by_slug, posts.by_id)
def load_by_slug(slug: str, may: PermissionDep, repository: RepositoryDep) -> Post:
    return post_reading.by_slug(repository, slug, consistent=may.caller is not None)


def on_post(action: str, load: Callable[..., Post] = load_post) -> Loaded[Post]:
    """The post of the path; who may not read it is told that there is none."""
    return Loaded(POSTS, action, load, known_by=READ, hidden=partial(NotFound, what="the post"))


DELETE, PURGE = "posts.delete", "posts.purge"


@guards(POSTS, DELETE, PURGE, known_by=READ)
@asks(posts.by_id)
def post_or_remains(post_id: PostKey, may: PermissionDep, repository: RepositoryDep) -> Post | None:
    """None where there is no post any more, though something may be left of it."""
    post = post_reading.fetch(repository, post_id, consistent=True)
    if post is None:
        may.require(PURGE, Resource(POSTS.name))
    else:
        on_post(DELETE).check(may, post)
    return post


@guards(NOTHING, post_lists.LIST, post_lists.QUEUE)
@asks(categories.by_slug, categories.tree, *post_lists.PATTERNS)
def find_list(
    request: Request,
    may: PermissionDep,
    category: Annotated[SlugKey | None, Query(description="The slug of a category.")] = None,
    category_id: Annotated[
        CategoryKey | None, Query(alias="categoryId", description="A category's identity.")
    ] = None,
    below: Annotated[
        bool, Query(description="With a category, without `since`: those below it, too.")
    ] = False,
    since: Annotated[
        Annotated[AwareDatetime, instant()] | None,
        Query(description="Published then or later; with a category, without `below`."),
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
    order: Annotated[
        Order, Query(description="By publication, or by the last change of status.")
    ] = Order.NEWEST,
) -> PostList:
    cursors = ListCursors(container_of(request).settings.secrets)
    lister = Lister(repository_of(request), may, cursors, order)
    if category and category_id:
        raise post_lists.no_list_by("category", "categoryId")
    if category:
        category_id = lister.category_of(category)
    return lister.find(
        category=category_id,
        below=below or None,
        since=since,
        author=author,
        status=status,
        tag=tag,
        title=title,
    )


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


def tag_of(post: Post, *beside: str) -> EntityTag:
    """The entity tag of a post as it is stored, and of what is shown beside it."""
    return EntityTag("post", post.post_id, post.version, *beside)


@dataclass(frozen=True)
class OnePost:
    """Shows one post, with what `include` asks for."""

    request: Request
    repository: Repository
    condition: Reading
    include: Sequence[IncludeOne]

    def __call__(self, post: Post) -> Envelope[PostOut]:
        """Raises `NotModified`."""
        allowed, wanted = None, self.include
        if not wanted:
            return show_with_tag(post, self.condition)
        if IncludeOne.ALLOWED in wanted:
            allowed = allowed_actions(self.request, POSTS.of(post))
        known = post_reading.load_beside(self.repository, [post], wanted)
        out = with_beside(PostOut, post, known, allowed=allowed)
        beside = out.model_dump_json(include=set(map(str, wanted)))
        self.condition.send_tag(tag_of(post, beside))
        return Envelope(data=out)


@asks(*post_reading.BESIDE)
async def _one_post(
    request: Request,
    condition: ReadingCondition,
    include: Annotated[
        list[IncludeOne] | None, Separated, Query(description="What is to stand beside it.")
    ] = None,
) -> OnePost:
    return OnePost(request, repository_of(request), condition, include or ())


OnePostDep = Annotated[OnePost, Depends(_one_post)]


def show_with_tag(post: Post, condition: Reading | Writing) -> Envelope[PostOut]:
    """A post as it is stored now. Raises `NotModified` where it was only read."""
    condition.send_tag(tag_of(post))
    return Envelope(data=PostOut.model_validate(post))


@dataclass(frozen=True)
class Step:
    """A change by one write, if any, which may be repeated; only of the state that is expected."""

    condition: Writing
    once: Idempotent
    now: datetime

    def __call__(
        self, before: Post, change: Callable[[Repository, Post, datetime], Post]
    ) -> Envelope[PostOut]:
        self.condition.expects(tag_of(before))
        return self.once(
            lambda stored: change(stored, before, self.now),
            lambda after: show_with_tag(after, self.condition),
        )


async def _step(request: Request, condition: WritingCondition, once: Idempotent) -> Step:
    return Step(condition, once, state_of(request).now)


StepDep = Annotated[Step, Depends(_step)]
