"""Jobs, and the desk that takes them, for callers whom the policy allows what the route does."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from app.auth.guard import May
from app.aws.errors import ObjectStore
from app.http.refusals import NotConfigured
from app.jobs import requesting
from app.jobs.requesting import JobDesk
from app.policy.question import Resource
from app.wiring import Stored, Wiring, wiring_of
from model import Job, JobKey

_JOBS = "job"


class OnJobs:
    """Ends the request unless the caller may do this, whichever job it is about."""

    resource_type = _JOBS

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(self, may: May) -> None:
        may.require(self.policy_actions[0], Resource(self.resource_type))


class OnJob:
    """The job of the path, if the policy allows the action."""

    resource_type = _JOBS

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(self, job_id: JobKey, may: May, repository: Stored) -> Job:
        may.require(self.policy_actions[0], Resource(self.resource_type))
        return requesting.found(repository, job_id)


def _desk(request: Request, repository: Stored) -> JobDesk:
    """What it writes is noted as the request's. Raises `NotConfigured`: says what is missing."""
    wiring = wiring_of(request)
    if wiring.queue is None or wiring.objects is None:
        raise NotConfigured(settings=_missing(wiring))
    settings = wiring.settings
    return JobDesk(
        repository,
        wiring.objects,
        wiring.queue,
        settings.import_max_bytes,
        timedelta(seconds=settings.jobs_waiting_seconds),
    )


def _missing(wiring: Wiring) -> str:
    parts = {"JOBS_QUEUE_URL": wiring.queue, "MEDIA_BUCKET": wiring.objects}
    return ", ".join(name for name, part in parts.items() if part is None)


def _results(request: Request) -> ObjectStore:
    wiring = wiring_of(request)
    if wiring.objects is None:
        raise NotConfigured(settings="MEDIA_BUCKET")
    return wiring.objects


Desk = Annotated[JobDesk, Depends(_desk)]
Results = Annotated[ObjectStore, Depends(_results)]
ReadJob = Annotated[Job, Depends(OnJob("jobs.read"))]
StartedJob = Annotated[Job, Depends(OnJob("jobs.start"))]
