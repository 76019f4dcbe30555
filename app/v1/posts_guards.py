"""Posts that a route is given only if the policy allows what the route does with them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query
from pydantic import AwareDatetime

from app.auth.guard import May
from app.policy.question import Resource
from app.posts import finding, listing
from app.posts.permission import READ
from app.wiring import Stored
from model import CategoryKey, Post, PostStatus, UserKey
from singletable import Query as Question
from singletable.formats import instant


class OnPost:
    """The post of the path, if the policy allows the action on it."""

    resource_type = "post"

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(self, post_id: str, may: May, repository: Stored) -> Post:
        return finding.for_action(repository, post_id, may, self.policy_actions[0])


class OnPostOrRemains:
    """The same; None where there is none any more, though something may be left of it."""

    resource_type = "post"

    def __init__(self, action: str, on_remains: str) -> None:
        self.policy_actions = (action, on_remains)

    def __call__(self, post_id: str, may: May, repository: Stored) -> Post | None:
        on_post, on_remains = self.policy_actions
        post = finding.stored(repository, post_id, consistent=True)
        if post is not None:
            return finding.allowed(post, may, on_post)
        may.require(on_remains, Resource(self.resource_type))
        return None


class OnSlug:
    """The post that the slug of the path leads to."""

    resource_type = "post"
    policy_actions = (READ,)

    def __call__(self, slug: str, may: May, repository: Stored) -> Post:
        return finding.by_slug(repository, slug, may)


class OnLists:
    """The question that a list answers: the policy's answer is part of it."""

    resource_type = "none"
    policy_actions = (listing.LIST, listing.QUEUE)

    def __call__(
        self,
        may: May,
        category: Annotated[CategoryKey | None, Query(description="A category's identity.")] = None,
        since: Annotated[
            Annotated[AwareDatetime, instant()] | None,
            Query(description="Published then or later; only with `category`."),
        ] = None,
        author: Annotated[
            UserKey | None, Query(description="Drafts too, if you may see them.")
        ] = None,
        status: Annotated[
            PostStatus | None, Query(description="For editors: the longest waiting first.")
        ] = None,
    ) -> Question[Post]:
        return listing.asked(listing.Filters(category, since, author, status), may)


ListedPosts = Annotated[Question[Post], Depends(OnLists())]
PostOfSlug = Annotated[Post, Depends(OnSlug())]
ReadPost = Annotated[Post, Depends(OnPost(READ))]
PostWithHistory = Annotated[Post, Depends(OnPost("posts.history"))]
ViewedPost = Annotated[Post, Depends(OnPost("posts.view"))]
EditedPost = Annotated[Post, Depends(OnPost("posts.edit"))]
RenamedPost = Annotated[Post, Depends(OnPost("posts.rename"))]
RestoredPost = Annotated[Post, Depends(OnPost("posts.restore"))]
SubmittedPost = Annotated[Post, Depends(OnPost("posts.submit"))]
PublishedPost = Annotated[Post, Depends(OnPost("posts.publish"))]
UnpublishedPost = Annotated[Post, Depends(OnPost("posts.unpublish"))]
ArchivedPost = Annotated[Post, Depends(OnPost("posts.archive"))]
DeletedPost = Annotated[Post | None, Depends(OnPostOrRemains("posts.delete", "posts.purge"))]
