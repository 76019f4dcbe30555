"""The kinds of identifier, kept apart by type, and how each stands in keys."""

from typing import Annotated, NewType

from pydantic import Field

from singletable import slug, ulid

PostId = NewType("PostId", str)
CategoryId = NewType("CategoryId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
Slug = NewType("Slug", str)

PostKey = Annotated[PostId, ulid(), Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"])]
CategoryKey = Annotated[CategoryId, slug(max_length=64), Field(examples=["news", "science"])]
UserKey = Annotated[UserId, slug(max_length=64), Field(examples=["ada"])]
SessionKey = Annotated[SessionId, slug(max_length=64), Field(examples=["session-1"])]
SlugKey = Annotated[Slug, slug()]
