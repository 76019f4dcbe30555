"""Pictures that posts show: which files may be shown, and which of them a reader gets."""

from __future__ import annotations

from collections.abc import Sequence

from access_patterns import media as asked
from app.core.problems import Conflict, NotFound, invalid
from app.services import uploads
from app.services.policy import Permission, ResourceKind
from model import Media, MediaId, MediaStatus, Post
from model.media import PICTURES
from singletable import Repository

SHOW = "media.show"


def added(before: Post, after: Post) -> Sequence[MediaId]:
    """The files that a post is to show and does not show yet."""
    shown = set(before.shown_media)
    return [each for each in after.shown_media if each not in shown]


def check_added(
    repository: Repository,
    may: Permission,
    files: ResourceKind[Media],
    before: Post,
    after: Post,
) -> None:
    """Raises a `Problem` unless everyone may be shown the files that are added.

    Those of the post's author may be shown in it, others by whom the policy allows it.
    """
    wanted = added(before, after)
    found = repository.fetch(asked.each(wanted).consistent()) if wanted else ()
    for media_id, file in zip(wanted, found, strict=True):
        where = _location(after, media_id)
        if file is None or not may.allows(uploads.READ, files.of(file)):
            raise invalid(where, "unknown-media", "the file does not exist")
        if not may.allows(SHOW, files.of(file)) and file.owner_id != before.author_id:
            raise may.refusal(SHOW)
        if file.content_type not in PICTURES:
            raise invalid(where, "no-picture", f"{file.content_type} is not shown in pages")
        if file.status is not MediaStatus.READY:
            raise Conflict(reason=f"the file {media_id} is {file.status}")


def _location(post: Post, media_id: MediaId) -> str:
    if media_id == post.cover_media_id:
        return "body.coverMediaId"
    return f"body.mediaIds.{post.media_ids.index(media_id)}"


def find(repository: Repository, post: Post, media_id: MediaId) -> Media:
    """A picture that the post shows, as long as the file is there. Raises `NotFound`."""
    if media_id in post.shown_media:
        file = uploads.find(repository, media_id)
        if file.status is MediaStatus.READY and file.content_type in PICTURES:
            return file
    raise NotFound(what="the picture")
