"""Posts for those who write: new ones, new texts, new slugs, and their end."""

from __future__ import annotations

from fastapi import Depends, Response

from app.auth.guard import Allowed, KnownCaller
from app.clock import Now
from app.http.conditional import RequiredCondition, WritingCondition
from app.http.documented import empty, problems, shown
from app.http.envelope import Envelope, ok
from app.http.refusals import Conflict, Taken
from app.idempotency.once import Once
from app.posts import deleting, finding, renaming, writing
from app.routers import write_router
from app.v1.posts_changing import changed
from app.v1.posts_documented import CERTAIN, CONDITIONAL
from app.v1.posts_guards import DeletedPost, EditedPost, RenamedPost
from app.v1.posts_in import NewPost, PostPatch, PostText, SlugIn
from app.v1.posts_out import DRAFT, POST, PostOut, post_out, tag_of
from app.wiring import Stored
from model import Post

router = write_router("/v1/posts", "posts")


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(Allowed("posts.create"))],
    responses={**shown(DRAFT, "ETag", "Location", status=201), **problems(Taken)},
)
def create(
    new: NewPost, response: Response, caller: KnownCaller, once: Once, now: Now
) -> Envelope[PostOut]:
    """A new draft by the caller. A slug of your own has to be free."""

    def answered(post: Post) -> Envelope[PostOut]:
        response.headers["Location"] = f"/v1/posts/{post.post_id}"
        response.headers["ETag"] = tag_of(post)
        return ok(post_out(post))

    text = new.text()
    return once(lambda stored: writing.create(stored, text, new.slug, caller, now), answered)


@router.put("/{post_id}", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
def replace(
    post: EditedPost,
    text: PostText,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: Stored,
    now: Now,
) -> Envelope[PostOut]:
    """Another text and category. The former text becomes a revision, unless nothing differs."""
    return changed(
        post,
        condition,
        lambda before: writing.edit(repository, before, text.text(), caller, now),
    )


@router.patch("/{post_id}", responses={**shown(POST, "ETag"), **problems(*CERTAIN)})
def change(
    post: EditedPost,
    patch: PostPatch,
    condition: RequiredCondition,
    caller: KnownCaller,
    repository: Stored,
    now: Now,
) -> Envelope[PostOut]:
    """Some of the text or the category; what is left out stays."""
    return changed(
        post,
        condition,
        lambda before: writing.edit(repository, before, patch.applied_to(before), caller, now),
    )


@router.put(
    "/{post_id}/slug",
    responses={**shown(POST, "ETag"), **problems(*CONDITIONAL, Taken, Conflict)},
)
def rename(
    post: RenamedPost,
    wanted: SlugIn,
    condition: WritingCondition,
    repository: Stored,
    now: Now,
) -> Envelope[PostOut]:
    """Another slug. The former one keeps leading to the post, and may be taken up again."""
    return changed(
        post,
        condition,
        lambda before: renaming.rename(repository, before, wanted.slug, now),
    )


@router.delete(
    "/{post_id}",
    status_code=204,
    responses={**empty(204, "It is gone, with all that belonged to it."), **problems(*CONDITIONAL)},
)
def delete(
    post_id: str, post: DeletedPost, condition: WritingCondition, repository: Stored, now: Now
) -> Response:
    """Deletes a post, its slugs, revisions and views. Repeat it if the answer does not arrive."""
    if post is None:
        deleting.finish(repository, finding.identity(post_id))
    else:
        condition.expects(tag_of(post))
        deleting.delete(repository, post, now)
    return Response(status_code=204)
