"""A post as one line of JSON: what exports write and imports take. Knows no store.

Whatever is wrong with a line is a problem, in the API's own terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic.alias_generators import to_camel
from ulid import ULID

from app.core.problems import Problem, invalid
from app.core.wire import In, TypedTags, TypedTitle
from app.services.jobs.lines import Moment, unprocessable_line, write_line
from app.services.posts import writing
from model import (
    Body,
    CategoryKey,
    Job,
    MediaId,
    MediaKey,
    Post,
    PostId,
    PostKey,
    PostStatus,
    Slug,
    SlugKey,
    Summary,
    UserId,
    UserKey,
)
from model.post import MAX_FORMER_SLUGS, MediaKeys

POST = "post"
_BEGINNING = b'{"kind":"post","postId":"'
_SKEW = timedelta(minutes=5)


_UNPUBLISHED = (PostStatus.DRAFT, PostStatus.IN_REVIEW)


MOST_VERSION = 500_000  # revisions are numbered by it, and go up to 999,999


class PostLine(In):
    """What is left out: a draft of the importer's, of now, with an identity and slug of its own.

    Summary and body may be what other stages had; titles and tags are as if they were typed.
    """

    post_id: PostKey | None = None
    author_id: UserKey | None = None
    category_id: CategoryKey
    slug: SlugKey | None = None
    title: TypedTitle
    summary: Summary = ""
    body: Body = ""
    tags: TypedTags = Field(default_factory=list[str])
    cover_media_id: MediaKey | None = None
    media_ids: MediaKeys = Field(default_factory=list[MediaId])
    status: PostStatus = PostStatus.DRAFT
    status_since: Moment | None = None
    published_at: Moment | None = None
    publish_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None
    former_slugs: Annotated[list[SlugKey], Field(max_length=MAX_FORMER_SLUGS)] = Field(
        default_factory=list[Slug]
    )
    version: Annotated[int, Field(strict=True, ge=1, le=MOST_VERSION)] = 1


def write_post(post: Post) -> bytes:
    return write_line(POST, post.model_dump(mode="json", exclude={"imported_at", "is_listed"}))


def identity_in(line: bytes) -> PostId:
    """Of a line that was written here."""
    return PostId(line[len(_BEGINNING) :][:26].decode())


def posts_of(line: PostLine, number: int, job: Job) -> Iterator[Post]:
    """The post that a line is about; others but for the slug if none is given, the best first.

    Raises a `Problem`.
    """
    now = job.started_at or job.created_at
    if refusal := _contradiction(line, now):
        raise refusal
    post_id = line.post_id or identity_of(job, number)
    for slug in [line.slug] if line.slug else writing.candidates(line.title, post_id):
        if slug not in line.former_slugs:
            yield _post(line, post_id, slug, job.requested_by, now)


def _post(line: PostLine, post_id: PostId, slug: Slug, author: UserId, now: datetime) -> Post:
    created = line.created_at or line.status_since or line.published_at or now
    since = line.status_since or line.published_at or created
    try:
        return Post(
            post_id=post_id,
            author_id=line.author_id or author,
            slug=slug,
            status_since=since,
            created_at=created,
            published_at=since if line.status is PostStatus.PUBLISHED else line.published_at,
            imported_at=now,
            is_listed=line.status is PostStatus.PUBLISHED,
            **line.model_dump(include=_AS_IT_IS),
        )
    except ValidationError as error:
        raise unprocessable_line(error) from None


_AS_IT_IS = {
    "category_id",
    "title",
    "summary",
    "body",
    "tags",
    "cover_media_id",
    "media_ids",
    "status",
    "updated_at",
    "former_slugs",
    "publish_at",
    "version",
}


def identity_of(job: Job, number: int) -> PostId:
    """Of the post of a line that names none: follows from job and line alone."""
    moment = ULID.from_str(job.job_id).bytes[:6]
    return PostId(str(ULID(moment + sha256(f"{job.job_id} {number}".encode()).digest()[:10])))


def _contradiction(line: PostLine, now: datetime) -> Problem | None:
    if line.status in _UNPUBLISHED and line.published_at:
        return invalid("line.publishedAt", "not-published", f"the post is {line.status}")
    if line.publish_at and line.status is not PostStatus.IN_REVIEW:
        return invalid("line.publishAt", "not-in-review", f"the post is {line.status}")
    if line.status is PostStatus.PUBLISHED and _differ(line.published_at, line.status_since):
        words = "of a published post it is the moment of publishedAt"
        return invalid("line.statusSince", "differs", words)
    taken = [*line.former_slugs, line.slug]
    if len(set(taken)) != len(taken):
        return invalid("line.formerSlugs", "repeated", "the slugs of a post differ")
    for name in ("status_since", "published_at", "created_at", "updated_at"):
        moment: datetime | None = getattr(line, name)
        if moment and moment > now + _SKEW:
            return invalid(f"line.{to_camel(name)}", "in-the-future", "it is yet to come")
    return None


def _differ(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one != other
