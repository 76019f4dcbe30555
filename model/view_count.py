"""One of the counters that share the views of a post."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.ids import PostKey
from model.table import blog, primary
from singletable import Entity, integer

SLOTS = 8


class ViewCount(Entity, table=blog):
    """Some of a post's views: writers pick a slot at random, readers add all of them up."""

    post_id: PostKey
    slot: Annotated[int, integer(0, SLOTS - 1)] = Field(examples=[3])
    views: int = Field(default=0, examples=[12])

    key = primary.key("POST#{post_id}", "VIEWS#{slot}")
