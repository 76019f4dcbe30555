"""The way of a post from draft to readers, and back. Which step is allowed, its pattern says."""

from __future__ import annotations

from app.auth.guard import KnownCaller
from app.clock import Now
from app.http.conditional import WritingCondition
from app.http.documented import problems, shown
from app.http.envelope import Envelope
from app.posts import finding, states
from app.routers import write_router
from app.v1.posts_changing import changed
from app.v1.posts_documented import TRANSITION
from app.v1.posts_out import POST, PostOut
from app.wiring import Stored

router = write_router("/v1/posts", "posts")
ANSWERS = {**shown(POST, "ETag"), **problems(*TRANSITION)}


@router.post("/{post_id}/submit", responses=ANSWERS)
def submit(
    post_id: str, condition: WritingCondition, caller: KnownCaller, repository: Stored, now: Now
) -> Envelope[PostOut]:
    """Hands a draft over for review."""
    return _step(states.submit, post_id, condition, caller, repository, now)


@router.post("/{post_id}/publish", responses=ANSWERS)
def publish(
    post_id: str, condition: WritingCondition, caller: KnownCaller, repository: Stored, now: Now
) -> Envelope[PostOut]:
    """Publishes a post that was reviewed."""
    return _step(states.publish, post_id, condition, caller, repository, now)


@router.post("/{post_id}/unpublish", responses=ANSWERS)
def unpublish(
    post_id: str, condition: WritingCondition, caller: KnownCaller, repository: Stored, now: Now
) -> Envelope[PostOut]:
    """Makes a post a draft again: out of review, out of publication or out of the archive."""
    return _step(states.unpublish, post_id, condition, caller, repository, now)


@router.post("/{post_id}/archive", responses=ANSWERS)
def archive(
    post_id: str, condition: WritingCondition, caller: KnownCaller, repository: Stored, now: Now
) -> Envelope[PostOut]:
    """Puts a draft or a published post away."""
    return _step(states.archive, post_id, condition, caller, repository, now)


def _step(
    step: states.Step,
    post_id: str,
    condition: WritingCondition,
    caller: KnownCaller,
    repository: Stored,
    now: Now,
) -> Envelope[PostOut]:
    post = finding.changeable(repository, post_id, caller)
    return changed(post, condition, lambda before: step(repository, before, now))
