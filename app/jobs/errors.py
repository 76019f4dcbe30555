"""What cannot be done with jobs, beyond what the stores refuse. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from app.worded import WordedError


class JobError(WordedError):
    """A step that makes no sense, or not now."""


class JobMissing(JobError):
    """There is none, or it has expired."""

    message = "the job does not exist"


class NotUploaded(JobError):
    """An import is started, and nothing has come."""

    message = "nothing was uploaded yet"


@dataclass(eq=False, kw_only=True)
class NoResult(JobError):
    """It has not ended yet, or ended with nothing to show."""

    message = "the job is {status} and has no result"

    status: str


@dataclass(eq=False, kw_only=True)
class TooBig(JobError):
    """`limit` in bytes."""

    message = "no import may be larger than {limit} bytes"

    limit: int


class Poison(Exception):
    """A message that no worker can do anything with."""


class LeaseLost(Exception):
    """Another worker has the job, or it has ended: there is nothing more to do here."""


class Interrupted(Exception):
    """There is no time left: what is done is stored, the rest is for the next worker."""


class Hopeless(Exception):
    """The job cannot go on, and repeating it mends nothing; its words become the job's reason."""
