"""Every kind of event, with its version. What stands here others rely on: a field is never taken
away nor given another meaning under the same version. tests/app/events/golden holds that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.events.envelope import Event, Moment, Told
from model import CategoryId, Slug, UserId

Changed = Literal["title", "summary", "body", "tags", "slug", "category"]


class PublicPost(Told):
    """What everyone may know of a published post without opening it."""

    slug: Slug
    title: str
    category_id: CategoryId
    author_id: UserId
    published_at: Moment


class ChangedPost(PublicPost):
    """A published post as it is now, and what changed."""

    changed: Annotated[list[Changed], Field(min_length=1)]
    former_slug: Annotated[Slug | None, Field(description="Null: it is the same.")]
    former_category_id: Annotated[CategoryId | None, Field(description="Null: it is the same.")]


class WithdrawnPost(PublicPost):
    """A post as readers saw it until now."""

    is_archived: Annotated[bool, Field(description="False: it is a draft again.")]


class DeletedPost(Told):
    """Of a post that readers could not see there is nothing to say but that it is gone."""

    was_published: bool
    slug: Annotated[Slug | None, Field(description="Null: it was not published.")]
    category_id: Annotated[CategoryId | None, Field(description="Null: it was not published.")]


class PostPublished(Event):
    """Readers can see a post from now on."""

    kind: ClassVar[str] = "post.published"
    number: ClassVar[int] = 1

    type: Literal["post.published"] = "post.published"
    dataversion: Literal[1] = 1
    data: PublicPost


class PostChanged(Event):
    """A post that readers can see has another text, slug or category."""

    kind: ClassVar[str] = "post.changed"
    number: ClassVar[int] = 1

    type: Literal["post.changed"] = "post.changed"
    dataversion: Literal[1] = 1
    data: ChangedPost


class PostUnpublished(Event):
    """Readers cannot see a post any more: it is a draft again, or archived."""

    kind: ClassVar[str] = "post.unpublished"
    number: ClassVar[int] = 1

    type: Literal["post.unpublished"] = "post.unpublished"
    dataversion: Literal[1] = 1
    data: WithdrawnPost


class PostDeleted(Event):
    """A post is gone for good, whether or not readers could see it."""

    kind: ClassVar[str] = "post.deleted"
    number: ClassVar[int] = 1

    type: Literal["post.deleted"] = "post.deleted"
    dataversion: Literal[1] = 1
    data: DeletedPost


KINDS: Mapping[str, type[Event]] = {
    each.kind: each for each in (PostPublished, PostChanged, PostUnpublished, PostDeleted)
}
"""By type."""
