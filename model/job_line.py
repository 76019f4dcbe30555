"""The outcome of one line of an import, written in the transaction of its item."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, Field

from model.ids import JobKey
from model.table import blog, primary
from singletable import TTL, Entity
from singletable.formats import integer

MAX_LINES = 9_999_999


class LineOutcome(StrEnum):
    """What an import did with a line; `exists`: the table had its item already."""

    CREATED = "created"
    EXISTS = "exists"
    REFUSED = "refused"


class LineProblem(BaseModel):
    """A validation error of a line: its location, code and message."""

    location: str
    code: str
    message: str


class JobLine(Entity, table=blog, renamed={"post_id": "item_id"}):
    """A line of an import, counted from 1; refused lines have `code`, `message`, `problems`."""

    job_id: JobKey
    line: Annotated[int, integer(1, MAX_LINES)] = Field(examples=[1])
    outcome: LineOutcome = Field(examples=["created", "refused"])
    kind: str | None = Field(default=None, examples=["post"])
    item_id: str | None = Field(default=None, examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"])
    code: str = ""
    message: str = ""
    problems: list[LineProblem] = Field(default_factory=list[LineProblem])
    expires_at: Annotated[datetime, TTL]

    key = primary.key("JOB#{job_id}", "LINE#{line}")
