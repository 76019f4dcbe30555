"""Slugs of posts, current and former."""

from __future__ import annotations

from pydantic import Field

from model.ids import PostKey, SlugKey
from model.table import blog, primary
from singletable import Entity
from singletable.volumes import volume


@volume(items=22_000, size=150)
class PostSlug(Entity, table=blog):
    """A slug reserved for a post; a former slug stays reserved until the post is deleted."""

    slug: SlugKey = Field(examples=["hello-world"])
    post_id: PostKey

    key = primary.key("SLUG#{slug}", "SLUG")
