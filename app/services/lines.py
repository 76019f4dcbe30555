"""The lines of exports and imports: NDJSON, an item a line, in one of a few kinds.

A kind is its form, which exports write and imports take, and the writes that bring its item in.
Whatever is wrong with a line is a problem, in the API's own terms.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, TypeAlias, cast

from pydantic import AwareDatetime, BeforeValidator, Field, ValidationError
from pydantic.alias_generators import to_camel
from ulid import ULID

from access_patterns import categories, media, outbox, posts, users
from app.core.problems import MalformedBody, Unprocessable, invalid, unprocessable
from app.core.strict_json import parse_json
from app.core.wire import In, TypedAbout, TypedFileName, TypedName, TypedTags, TypedTitle
from app.services import category_tree, events, post_writing, tag_lists
from app.services.jobs import LeasedJob
from app.services.objects import LONGEST_LINE, Line
from model import (
    ROOT,
    Body,
    Category,
    CategoryKey,
    ContentType,
    Job,
    Media,
    MediaId,
    MediaKey,
    MediaStatus,
    Post,
    PostId,
    PostKey,
    PostStatus,
    Slug,
    SlugKey,
    Summary,
    User,
    UserKey,
)
from model.category import MAX_FORMER_CATEGORY_SLUGS
from model.media import MAX_OBJECT_SIZE
from model.post import MAX_FORMER_SLUGS, MediaKeys
from model.user import PROFILE_DOMAIN
from singletable import inspect
from singletable.formats import instant
from singletable.inspect import Write

MOST_VERSION = 500_000  # revisions are numbered by it, and go up to 999,999
_BOM = b"\xef\xbb\xbf"
_POST_BEGINS = b'{"kind":"post","postId":"'
_SKEW = timedelta(minutes=5)
_UNPUBLISHED = (PostStatus.DRAFT, PostStatus.IN_REVIEW)


def parse_line(line: Line) -> Any:
    """The JSON of a line. Raises a `Problem`."""
    if line.text is None:
        raise MalformedBody(reason=f"the line has more than {LONGEST_LINE} bytes")
    return parse_json(line.text.removeprefix(_BOM) if line.number == 1 else line.text)


def unprocessable_line(error: ValidationError) -> Unprocessable:
    findings = error.errors(include_url=False, include_input=False)
    return unprocessable([{**each, "loc": ("line", *each["loc"])} for each in findings])


def _check_is_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("an instant is written as 2026-11-25T12:00:00Z")
    return value


Moment = Annotated[AwareDatetime, instant(), BeforeValidator(_check_is_text)]


class CategoryLine(In):
    """A category; its parent comes before it, or is there already."""

    category_id: CategoryKey
    parent_id: CategoryKey = ROOT
    position: Annotated[int, Field(strict=True, ge=0, le=9999)] = 0
    slug: SlugKey
    name: Annotated[TypedName, Field(min_length=1)]
    former_slugs: Annotated[list[SlugKey], Field(max_length=MAX_FORMER_CATEGORY_SLUGS)] = Field(
        default_factory=list[Slug]
    )
    created_at: Moment | None = None


class MediaLine(In):
    """A file that is ready; its bytes are copied from bucket to bucket, under the same key."""

    media_id: MediaKey
    owner_id: UserKey
    name: TypedFileName
    content_type: ContentType
    size: Annotated[int, Field(strict=True, ge=1, le=MAX_OBJECT_SIZE)]
    object_name: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]
    created_at: Moment
    ready_at: Moment | None = None


class AuthorLine(In):
    """What everyone may know of an author. There is no account of it: nobody signs in as one."""

    user_id: UserKey
    name: Annotated[TypedName, Field(max_length=100)] = ""
    about: TypedAbout = ""


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


Writes: TypeAlias = tuple[Write[Any], ...]


def _category_writes(line: CategoryLine, _: int, held: LeasedJob) -> Iterator[tuple[str, Writes]]:
    if line.category_id in category_tree.RESERVED:
        raise invalid("line.categoryId", "reserved")
    made = line.model_dump(exclude={"created_at"})
    category = Category(**made, created_at=line.created_at or _beginning_of(held.job))
    category_tree.check_place(held.shop.repository, category)
    former = (categories.reserve_slug(slug, category.category_id) for slug in line.former_slugs)
    created: Writes = inspect.writes(categories.create(category))
    counted = category_tree.counted_in(category.parent_id)
    yield category.category_id, (*created, *former, *counted)


def _media_writes(line: MediaLine, _: int, held: LeasedJob) -> Iterator[tuple[str, Writes]]:
    file = Media(**line.model_dump(), status=MediaStatus.READY)
    yield file.media_id, (media.import_media(file),)


def _author_writes(line: AuthorLine, _: int, held: LeasedJob) -> Iterator[tuple[str, Writes]]:
    user = User(
        **line.model_dump(),
        email=f"{line.user_id}@{PROFILE_DOMAIN}",
        is_disabled=True,
        created_at=_beginning_of(held.job),
    )
    yield user.user_id, (users.import_profile(user),)


def _post_writes(line: PostLine, number: int, held: LeasedJob) -> Iterator[tuple[str, Writes]]:
    """The post with all that belongs to it; and others are told, if readers can see it."""
    for post in posts_of(line, number, held.job):
        event = events.brought_in(post, held.shop.clock())
        slugs = (post.slug, *post.former_slugs)
        yield (
            post.post_id,
            (
                posts.import_post(post),
                *(posts.reserve_slug(slug, post.post_id) for slug in slugs),
                posts.count_in_category(post.category_id),
                *tag_lists.import_writes(post),
                *([outbox.add(events.item_of(event))] if event else []),
            ),
        )


@dataclass(frozen=True)
class LineKind:
    """`writes` gives the identity and the writes of the item that a line brings in: once, or
    several times with slugs that differ, the best first. The first write creates the item."""

    form: type[In]
    entity: type[Category | Media | Post | User]
    writes: Callable[[Any, int, LeasedJob], Iterator[tuple[str, Writes]]]


POST = "post"
KINDS: Mapping[str, LineKind] = {
    "category": LineKind(CategoryLine, Category, _category_writes),
    "media": LineKind(MediaLine, Media, _media_writes),
    POST: LineKind(PostLine, Post, _post_writes),
    "author": LineKind(AuthorLine, User, _author_writes),
}


def write_line(item: Category | Media | Post | User) -> bytes:
    """With a line feed; `kind` comes first."""
    name, kind = next(each for each in KINDS.items() if isinstance(item, each[1].entity))
    facts = item.model_dump(mode="json", include=set(kind.form.model_fields))
    named = {"kind": name, **{to_camel(field): value for field, value in facts.items()}}
    return json.dumps(named, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


@dataclass(frozen=True)
class Arrival:
    """An item that a line brings in."""

    kind: str
    identity: str
    writes: Writes

    @property
    def entity(self) -> str:
        return KINDS[self.kind].entity.__name__


def arrivals(line: Line, held: LeasedJob) -> Iterator[Arrival]:
    """One, or several that differ in their slug alone, the best first.

    Raises a `Problem`, or what a read of the table raises.
    """
    parsed, name = parse_line(line), cast(object, POST)
    if isinstance(parsed, dict):
        name = cast(dict[str, object], parsed).pop("kind", POST)
    if not isinstance(name, str) or name not in KINDS:
        raise invalid("line.kind", "unknown-value", allowed=list(KINDS))
    try:
        read = KINDS[name].form.model_validate(parsed)
        for identity, writes in KINDS[name].writes(read, line.number, held):
            yield Arrival(name, identity, writes)
    except ValidationError as error:
        raise unprocessable_line(error) from None


def identity_in(line: bytes) -> PostId:
    """Of a post's line that was written here."""
    return PostId(line[len(_POST_BEGINS) :][:26].decode())


def identity_of(job: Job, number: int) -> PostId:
    """Of the post of a line that names none: follows from job and line alone."""
    moment = ULID.from_str(job.job_id).bytes[:6]
    return PostId(str(ULID(moment + sha256(f"{job.job_id} {number}".encode()).digest()[:10])))


def posts_of(line: PostLine, number: int, job: Job) -> Iterator[Post]:
    """The post that a line is about; others but for the slug if none is given, the best first.

    Raises a `Problem`, or a `ValidationError`.
    """
    now = _beginning_of(job)
    for name, code, words in _contradictions(line, now):
        raise invalid(f"line.{to_camel(name)}", code, words)
    post_id = line.post_id or identity_of(job, number)
    created = line.created_at or line.status_since or line.published_at or now
    since = line.status_since or line.published_at or created
    is_published = line.status is PostStatus.PUBLISHED
    facts: dict[str, Any] = {
        **line.model_dump(exclude={"slug"}),
        "post_id": post_id,
        "author_id": line.author_id or job.requested_by,
        "status_since": since,
        "created_at": created,
        "published_at": since if is_published else line.published_at,
        "imported_at": now,
        "is_listed": is_published,
    }
    for slug in [line.slug] if line.slug else post_writing.candidates(line.title, post_id):
        if slug not in line.former_slugs:
            yield Post(slug=slug, **facts)


def _contradictions(line: PostLine, now: datetime) -> Iterator[tuple[str, str, str]]:
    """The field that contradicts others, a code, and why."""
    if line.status in _UNPUBLISHED and line.published_at:
        yield "published_at", "not-published", f"the post is {line.status}"
    if line.publish_at and line.status is not PostStatus.IN_REVIEW:
        yield "publish_at", "not-in-review", f"the post is {line.status}"
    moments = {line.published_at, line.status_since} - {None}
    if line.status is PostStatus.PUBLISHED and len(moments) > 1:
        yield "status_since", "differs", "of a published post it is the moment of publishedAt"
    taken = [*line.former_slugs, line.slug]
    if len(set(taken)) != len(taken):
        yield "former_slugs", "repeated", "the slugs of a post differ"
    for name in ("status_since", "published_at", "created_at", "updated_at"):
        if (moment := getattr(line, name)) and moment > now + _SKEW:
            yield name, "in-the-future", "it is yet to come"


def _beginning_of(job: Job) -> datetime:
    return job.started_at or job.created_at
