"""The way of a post from draft to readers, and back. Which step is allowed, its pattern says."""

from __future__ import annotations

from app.clock import Now
from app.http.conditional import WritingCondition
from app.http.documented import problems, shown
from app.http.envelope import Envelope
from app.idempotency.once import Once
from app.posts import states
from app.routers import write_router
from app.v1.posts_changing import changed_once
from app.v1.posts_documented import TRANSITION
from app.v1.posts_guards import ArchivedPost, PublishedPost, SubmittedPost, UnpublishedPost
from app.v1.posts_out import POST, PostOut

router = write_router("/v1/posts", "posts")
ANSWERS = {**shown(POST, "ETag"), **problems(*TRANSITION)}


@router.post("/{post_id}/submit", responses=ANSWERS)
def submit(
    post: SubmittedPost, condition: WritingCondition, once: Once, now: Now
) -> Envelope[PostOut]:
    """Hands a draft over for review."""
    return changed_once(
        post, condition, once, lambda stored, before: states.submit(stored, before, now)
    )


@router.post("/{post_id}/publish", responses=ANSWERS)
def publish(
    post: PublishedPost, condition: WritingCondition, once: Once, now: Now
) -> Envelope[PostOut]:
    """Publishes a post that was reviewed."""
    return changed_once(
        post, condition, once, lambda stored, before: states.publish(stored, before, now)
    )


@router.post("/{post_id}/unpublish", responses=ANSWERS)
def unpublish(
    post: UnpublishedPost, condition: WritingCondition, once: Once, now: Now
) -> Envelope[PostOut]:
    """Makes a post a draft again: out of review, out of publication or out of the archive."""
    return changed_once(
        post, condition, once, lambda stored, before: states.unpublish(stored, before, now)
    )


@router.post("/{post_id}/archive", responses=ANSWERS)
def archive(
    post: ArchivedPost, condition: WritingCondition, once: Once, now: Now
) -> Envelope[PostOut]:
    """Puts a draft or a published post away."""
    return changed_once(
        post, condition, once, lambda stored, before: states.archive(stored, before, now)
    )
