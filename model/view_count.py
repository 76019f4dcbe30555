"""Sharded view counters of posts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from model.ids import PostKey
from model.table import blog, primary
from singletable import Entity
from singletable.formats import integer
from singletable.volumes import volume

SLOTS = 8


@volume(items=100_000, size=120, keys={"key": {"values": 20_000, "skew": 0.1}})
class ViewCount(Entity, table=blog):
    """One of a post's view counters: a view increments one slot, reads add up all slots."""

    post_id: PostKey
    slot: Annotated[int, integer(0, SLOTS - 1)] = Field(examples=[3])
    views: int = Field(default=0, examples=[12])

    key = primary.key("POST#{post_id}", "VIEWS#{slot}")
