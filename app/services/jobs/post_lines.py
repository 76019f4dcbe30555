"""A post as one line of JSON: what exports write and imports take. Knows no store.

Whatever is wrong with a line is a refusal, in the API's own terms.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, TypeAlias

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationError
from pydantic.alias_generators import to_camel
from ulid import ULID

from app.core.problems import MalformedBody, Problem, Unprocessable, invalid, unprocessable
from app.core.strict_json import parse_json
from app.core.wire import In, TypedTags, TypedTitle
from app.services.posts import writing
from model import (
    Body,
    CategoryKey,
    Job,
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
from model.post import MAX_FORMER_SLUGS
from singletable.formats import instant

_BOM = b"\xef\xbb\xbf"


_SKEW = timedelta(minutes=5)


_UNPUBLISHED = (PostStatus.DRAFT, PostStatus.IN_REVIEW)


MOST_VERSION = 500_000  # revisions are numbered by it, and go up to 999,999


def _written_out(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("an instant is written as 2026-11-25T12:00:00Z")
    return value


Moment = Annotated[AwareDatetime, instant(), BeforeValidator(_written_out)]


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


def written(post: Post) -> bytes:
    """With a line feed; `postId` comes first."""
    known = post.model_dump(mode="json", exclude={"imported_at", "is_listed"})
    facts = {to_camel(name): value for name, value in known.items()}
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def identity_in(line: bytes) -> PostId:
    """Of a line that was written here."""
    return PostId(line[len(b'{"postId":"') :][:26].decode())


def read(text: bytes | None, number: int) -> PostLine:
    """Raises a `Problem`. None stands for a line that is too long."""
    if text is None:
        raise MalformedBody(reason=f"the line has more than {LONGEST_LINE} bytes")
    bare = text.removeprefix(_BOM) if number == 1 else text
    if not bare.strip():
        raise MalformedBody(reason="the line is empty")
    try:
        return PostLine.model_validate(parse_json(bare))
    except ValidationError as error:
        raise _unprocessable(error) from None


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
        raise _unprocessable(error) from None


_AS_IT_IS = {
    "category_id",
    "title",
    "summary",
    "body",
    "tags",
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


def _unprocessable(error: ValidationError) -> Unprocessable:
    findings = error.errors(include_url=False, include_context=False, include_input=False)
    return unprocessable([{**each, "loc": ("line", *each["loc"])} for each in findings])


LONGEST_LINE = 400 * 1024


PIECE = 1024 * 1024


Read: TypeAlias = Callable[[int, int], bytes]
"""Up to so many bytes (second) from an offset (first) on; none at the end."""


@dataclass(frozen=True)
class Line:
    """`text` has no line feed, and is None if it was too long; `end` is where the next begins."""

    number: int
    text: bytes | None
    end: int


def lines(read: Read, start: int, done: int) -> Iterator[Line]:
    """Those from the offset `start` on, where `done` lines are over."""
    growing, number, end = _Growing(), done, start
    for piece in pieces(read, start):
        *ends, rest = piece.split(b"\n")
        for text in ends:
            growing.add(text)
            number, end = number + 1, end + growing.size + 1
            yield Line(number, growing.text, end)
            growing = _Growing()
        growing.add(rest)
    if growing.size:
        yield Line(number + 1, growing.text, end + growing.size)


def pieces(read: Read, start: int) -> Iterator[bytes]:
    """All bytes from an offset on."""
    while piece := read(start, PIECE):
        yield piece
        start += len(piece)


@dataclass
class _Growing:
    """A line as far as it was read; what is too long is not kept."""

    size: int = 0
    _parts: list[bytes] = field(default_factory=list[bytes])

    def add(self, part: bytes) -> None:
        self.size += len(part)
        if self.size <= LONGEST_LINE:
            self._parts.append(part)

    @property
    def text(self) -> bytes | None:
        return b"".join(self._parts) if self.size <= LONGEST_LINE else None
