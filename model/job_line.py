"""What became of one line of an import: written together with what it did."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from model.ids import JobKey, PostKey
from model.table import blog, primary
from singletable import TTL, Entity, integer

MOST_LINES = 9_999_999


class Outcome(StrEnum):
    """`exists`: the table has the line's post already."""

    CREATED = "created"
    EXISTS = "exists"
    REFUSED = "refused"


class LineProblem(BaseModel):
    """One thing that is wrong with a line, and where."""

    location: str
    code: str
    message: str


class JobLine(Entity, table=blog):
    """A line, from 1 on; `code`, `message` and `problems` are of refused ones."""

    job_id: JobKey
    line: Annotated[int, integer(1, MOST_LINES)] = Field(examples=[1])
    outcome: Outcome = Field(examples=["created", "refused"])
    post_id: PostKey | None = None
    code: str = ""
    message: str = ""
    problems: list[LineProblem] = Field(default_factory=list[LineProblem])
    expires_at: Annotated[datetime, TTL]

    key = primary.key("JOB#{job_id}", "LINE#{line}")
