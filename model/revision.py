"""The text of a post before an edit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import PostKey, UserId, UserKey
from model.post import Post
from model.table import blog, primary
from singletable import Entity, integer


class Revision(Entity, table=blog):
    """What a post said until an edit replaced it; `number` is the post's version then."""

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
    def of(cls, post: Post, editor: UserId, now: datetime) -> Revision:
        """What a post says now, about to be replaced by an editor."""
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
