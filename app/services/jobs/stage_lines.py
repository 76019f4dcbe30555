"""What an import makes of a line, by its kind: the item, with all writes that belong to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, cast

from pydantic import Field, ValidationError

from access_patterns import categories, media, outbox, posts, users
from app.core.problems import invalid
from app.core.wire import In, TypedAbout, TypedFileName, TypedName
from app.services import category_tree
from app.services.events import post_events
from app.services.events.post_events import item_of
from app.services.jobs import post_lines
from app.services.jobs.leases import LeasedJob
from app.services.jobs.lines import Line, Moment, parse_line, unprocessable_line, write_line
from app.services.jobs.post_lines import POST, PostLine
from app.services.posts import listing
from model import (
    ROOT,
    Category,
    CategoryKey,
    ContentType,
    Media,
    MediaKey,
    MediaStatus,
    Post,
    Slug,
    SlugKey,
    User,
    UserKey,
)
from model.category import MAX_FORMER_CATEGORY_SLUGS
from model.media import MAX_OBJECT_SIZE
from model.user import PROFILE_DOMAIN
from singletable import inspect
from singletable.inspect import Write

CATEGORY, MEDIA, AUTHOR = "category", "media", "author"


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


@dataclass(frozen=True)
class Arrival:
    """An item that a line brings in; the first write creates it."""

    kind: str
    identity: str
    writes: tuple[Write[Any], ...]

    @property
    def entity(self) -> str:
        return inspect.entity_name(self.writes[0])


def write_category(category: Category) -> bytes:
    return write_line(CATEGORY, _facts(category, CategoryLine))


def write_media(file: Media) -> bytes:
    return write_line(MEDIA, _facts(file, MediaLine))


def write_author(user: User) -> bytes:
    return write_line(AUTHOR, _facts(user, AuthorLine))


def _facts(item: Category | Media | User, line: type[In]) -> Mapping[str, Any]:
    return item.model_dump(mode="json", include=set(line.model_fields))


def arrivals(line: Line, held: LeasedJob) -> Iterator[Arrival]:
    """One, or several that differ in their slug alone, the best first.

    Raises a `Problem`, or what a read of the table raises.
    """
    facts, kind = _split(parse_line(line))
    try:
        read = READERS.get(kind) if isinstance(kind, str) else None
        if read is None:
            raise invalid("line.kind", "unknown-kind", f"one of {', '.join(READERS)}")
        yield from read(facts, line, held)
    except ValidationError as error:
        raise unprocessable_line(error) from None


def _split(parsed: Any) -> tuple[Any, object]:
    """All but the kind, and the kind. What is no object is as little of one kind as of another."""
    if not isinstance(parsed, dict):
        return parsed, POST
    members = cast(dict[str, Any], parsed)
    return members, members.pop("kind", POST)


def _category(facts: Any, line: Line, held: LeasedJob) -> Iterator[Arrival]:
    read = CategoryLine.model_validate(facts)
    if read.category_id in category_tree.RESERVED:
        raise invalid("line.categoryId", "reserved", "it stands for something else")
    now = held.job.started_at or held.job.created_at
    made = read.model_dump(exclude={"created_at"})
    category = Category(**made, created_at=read.created_at or now)
    ancestors = category_tree.line_above(held.shop.repository, category, category.parent_id)
    category_tree.check_levels(category, len(ancestors) + 1)
    writes: tuple[Write[Any], ...] = inspect.writes(categories.create(category))
    former = (categories.reserve_slug(slug, category.category_id) for slug in read.former_slugs)
    writes = (*writes, *former)
    if category.parent_id != ROOT:
        writes = (*writes, categories.increment_children(category.parent_id))
    yield Arrival(CATEGORY, category.category_id, writes)


def _media(facts: Any, line: Line, held: LeasedJob) -> Iterator[Arrival]:
    read = MediaLine.model_validate(facts)
    file = Media(**read.model_dump(), status=MediaStatus.READY)
    yield Arrival(MEDIA, file.media_id, (media.import_media(file),))


def _author(facts: Any, line: Line, held: LeasedJob) -> Iterator[Arrival]:
    read = AuthorLine.model_validate(facts)
    user = User(
        **read.model_dump(),
        email=f"{read.user_id}@{PROFILE_DOMAIN}",
        is_disabled=True,
        created_at=held.job.started_at or held.job.created_at,
    )
    yield Arrival(AUTHOR, user.user_id, (users.import_profile(user),))


def _post(facts: Any, line: Line, held: LeasedJob) -> Iterator[Arrival]:
    for post in post_lines.posts_of(PostLine.model_validate(facts), line.number, held.job):
        yield Arrival(POST, post.post_id, tuple(_bringing_in(post, held)))


def _bringing_in(post: Post, held: LeasedJob) -> Iterator[Write[Any]]:
    """The post with all that belongs to it; and others are told, if readers can see it."""
    yield posts.import_post(post)
    for slug in (post.slug, *post.former_slugs):
        yield posts.reserve_slug(slug, post.post_id)
    yield posts.count_in_category(post.category_id)
    yield from listing.import_writes(post)
    if event := post_events.brought_in(post, held.shop.clock()):
        yield outbox.add(item_of(event))


Reader: TypeAlias = Callable[[Any, Line, LeasedJob], Iterator[Arrival]]
READERS: Mapping[str, Reader] = {
    CATEGORY: _category,
    MEDIA: _media,
    POST: _post,
    AUTHOR: _author,
}
