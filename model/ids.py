"""Identifier types, distinct for the type checker, and their formats in key templates."""

from typing import Annotated, NewType

from pydantic import Field

from model.slugs import SlugText
from singletable.formats import slug, ulid

PostId = NewType("PostId", str)
CategoryId = NewType("CategoryId", str)
UserId = NewType("UserId", str)
SessionId = NewType("SessionId", str)
Slug = NewType("Slug", str)
MediaId = NewType("MediaId", str)
PreviewId = NewType("PreviewId", str)
DailyViewId = NewType("DailyViewId", str)
JobId = NewType("JobId", str)
AuditId = NewType("AuditId", str)
EventId = NewType("EventId", str)
IdempotencyRecordId = NewType("IdempotencyRecordId", str)

PostKey = Annotated[PostId, ulid(), Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"])]
CategoryKey = Annotated[CategoryId, slug(max_length=64), Field(examples=["news", "science"])]
UserKey = Annotated[UserId, slug(max_length=64), Field(examples=["ada"])]
SessionKey = Annotated[SessionId, slug(max_length=64), Field(examples=["session-1"])]
SlugKey = Annotated[Slug, SlugText()]
MediaKey = Annotated[MediaId, ulid(), Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RB"])]
PreviewKey = Annotated[
    PreviewId,
    slug(max_length=64),
    Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]
DailyViewKey = Annotated[
    DailyViewId,
    slug(max_length=64),
    Field(examples=["2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"]),
]
JobKey = Annotated[JobId, ulid(), Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RC"])]
AuditKey = Annotated[AuditId, ulid(), Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RC"])]
EventKey = Annotated[EventId, ulid(), Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RD"])]
IdempotencyRecordKey = Annotated[
    IdempotencyRecordId,
    slug(max_length=64),
    Field(examples=["2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"]),
]
