"""A slug and the post it leads to: present and former ones alike."""

from __future__ import annotations

from pydantic import Field

from model.ids import PostKey, SlugKey
from model.table import blog, primary
from singletable import Entity


class PostSlug(Entity, table=blog):
    """Leads from a slug to its post. It is taken as long as it exists, also when out of use."""

    slug: SlugKey = Field(examples=["hello-world"])
    post_id: PostKey

    key = primary.key("SLUG#{slug}", "SLUG")
