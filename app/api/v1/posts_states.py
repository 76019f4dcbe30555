"""Steps of a post from status to status, and its planned publication."""

from __future__ import annotations

from access_patterns import outbox, posts
from app.api.guards.routes import write_router
from app.api.kit.answers import Envelope
from app.api.kit.conditional import WritingCondition
from app.api.kit.container import NowDep, RepositoryDep
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import problems, shown
from app.api.v1.posts_guards import (
    TRANSITION,
    ArchivedPost,
    PublishedPost,
    SubmittedPost,
    UnpublishedPost,
    change_post,
    change_post_once,
)
from app.api.v1.posts_schemas import PLANNED, POST, REVIEWED, PostOut, ScheduleIn
from app.core.asks import asks
from app.services.posts import listing, schedule, writing

writes = write_router("/v1/posts", "posts")


ANSWERS = {**shown(POST, "ETag"), **problems(*TRANSITION)}


@writes.post("/{post_id}/submit", responses=ANSWERS)
@asks(posts.submit)
def submit_post(
    post: SubmittedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Hands a draft over for review."""
    return change_post_once(
        post, condition, once, lambda stored, before: writing.submit(stored, before, now)
    )


@writes.post("/{post_id}/publish", responses=ANSWERS)
@asks(posts.publish, outbox.add, *listing.ENTERING)
def publish_post(
    post: PublishedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Publishes a post that was reviewed."""
    return change_post_once(
        post, condition, once, lambda stored, before: writing.publish(stored, before, now)
    )


@writes.post("/{post_id}/unpublish", responses=ANSWERS)
@asks(posts.unpublish, outbox.add, *listing.LEAVING)
def unpublish_post(
    post: UnpublishedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Makes a post a draft again: out of review, out of publication or out of the archive."""
    return change_post_once(
        post, condition, once, lambda stored, before: writing.unpublish(stored, before, now)
    )


@writes.post("/{post_id}/archive", responses=ANSWERS)
@asks(posts.archive, outbox.add, *listing.LEAVING)
def archive_post(
    post: ArchivedPost, condition: WritingCondition, once: Idempotent, now: NowDep
) -> Envelope[PostOut]:
    """Puts a draft or a published post away."""
    return change_post_once(
        post, condition, once, lambda stored, before: writing.archive(stored, before, now)
    )


@writes.put("/{post_id}/schedule", responses={**shown(PLANNED, "ETag"), **problems(*TRANSITION)})
@asks(posts.schedule)
def schedule_post(
    post: PublishedPost,
    wanted: ScheduleIn,
    condition: WritingCondition,
    repository: RepositoryDep,
    now: NowDep,
) -> Envelope[PostOut]:
    """Plans the publication of a post in review, or another moment of it.

    It is published within a minute or so after that moment. Whatever else changes its status
    ends the plan.
    """
    return change_post(
        post, condition, lambda before: schedule.plan(repository, before, wanted.at, now)
    )


@writes.delete(
    "/{post_id}/schedule", responses={**shown(REVIEWED, "ETag"), **problems(*TRANSITION)}
)
@asks(posts.unschedule)
def unschedule_post(
    post: PublishedPost, condition: WritingCondition, repository: RepositoryDep
) -> Envelope[PostOut]:
    """Drops the planned publication of a post in review, if there is one."""
    return change_post(post, condition, lambda before: schedule.drop(repository, before))
