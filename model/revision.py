"""Revisions: earlier texts of posts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import PostKey, UserId, UserKey
from model.post import Post
from model.table import blog, primary
from singletable import Entity
from singletable.formats import integer
from singletable.volumes import volume


@volume(items=60_000, size=7_500, keys={"key": {"values": 20_000}})
class Revision(Entity, table=blog):
    """The text of a post before an edit; `number` is the version that the edit replaced."""

    post_id: PostKey
    number: Annotated[int, integer(1, 999_999)] = Field(examples=[1])
    title: str = Field(examples=["Hello, world"])
    summary: str = ""
    body: str = Field(default="", examples=["First words."])
    tags: list[str] = Field(default_factory=list[str])
    replaced_by: UserKey
    replaced_at: AwareDatetime

    key = primary.key("POST#{post_id}", "REVISION#{number}")

    @classmethod
    def from_post(cls, post: Post, editor: UserId, now: datetime) -> Revision:
        """The revision that holds a post's present text, for an edit by `editor`."""
        return cls(
            post_id=post.post_id,
            number=post.version,
            title=post.title,
            summary=post.summary,
            body=post.body,
            tags=post.tags,
            replaced_by=editor,
            replaced_at=now,
        )
