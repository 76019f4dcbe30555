"""The kinds of events, with their versions, and the event of each change of a post.

What stands here others rely on: a field is never taken away nor given another meaning under the
same version. tests/app/services/events/golden holds that. Nothing that readers could not see gets
into an event.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeAlias, TypeVar, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel
from ulid import ULID

from access_patterns import outbox
from app.core.context import current_traceparent
from model import CategoryId, EventId, OutboxEvent, Post, PostStatus, Slug, UserId
from singletable.inspect import WriteOperation

R = TypeVar("R")

SOURCE = "/v1/posts"
LIFE_DIGITS, VERSION_DIGITS = 13, 10
KEPT = timedelta(days=7)
"""Longer than a stream holds its records: what was not sent by then can be seen in the table."""


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


Moment = Annotated[AwareDatetime, PlainSerializer(_instant, return_type=str, when_used="json")]


class EventModel(BaseModel):
    """Made with Python's names, written in camelCase; nothing but what is declared."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        field_title_generator=lambda name, _: name.replace("_", " "),
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        frozen=True,
        defer_build=True,
    )


class PublicPost(EventModel):
    """What everyone may know of a published post without opening it."""

    slug: Slug
    title: str
    category_id: CategoryId
    author_id: UserId
    published_at: Moment


class ChangedPost(PublicPost):
    """A published post as it is now, and what changed."""

    changed: Annotated[
        list[Literal["title", "summary", "body", "tags", "slug", "category"]], Field(min_length=1)
    ]
    former_slug: Annotated[Slug | None, Field(description="Null: it is the same.")]
    former_category_id: Annotated[CategoryId | None, Field(description="Null: it is the same.")]


class WithdrawnPost(PublicPost):
    """A post as readers saw it until now."""

    is_archived: Annotated[bool, Field(description="False: it is a draft again.")]


class DeletedPost(EventModel):
    """Of a post that readers could not see there is nothing to say but that it is gone."""

    was_published: bool
    slug: Annotated[Slug | None, Field(description="Null: it was not published.")]
    category_id: Annotated[CategoryId | None, Field(description="Null: it was not published.")]


class CloudEvent(EventModel):
    """Something that happened to `subject`. The same `id` is the same event, sent once more.

    Of two events about one subject the one with the greater `sequence` is later, whatever the
    order in which they arrive.
    """

    specversion: Literal["1.0"] = "1.0"
    id: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$", description="A ULID.")]
    source: str
    subject: Annotated[str, Field(description="The identity of what it happened to.")]
    time: Moment
    datacontenttype: Literal["application/json"] = "application/json"
    sequence: Annotated[
        str,
        Field(
            pattern=rf"^\d{{{LIFE_DIGITS + VERSION_DIGITS}}}$",
            description="Compares as text: grows with each event about the subject.",
        ),
    ]
    traceparent: Annotated[
        str | None, Field(description="W3C trace context of the request that it came of.")
    ] = None

    def text(self) -> str:
        """The JSON that is sent: attributes without a value are not in it, as CloudEvents wants."""
        return self.model_dump_json(exclude=None if self.traceparent else {"traceparent"})


class PostPublished(CloudEvent):
    """Readers can see a post from now on."""

    type: Literal["post.published"] = "post.published"
    dataversion: Literal[1] = 1
    data: PublicPost


class PostChanged(CloudEvent):
    """A post that readers can see has another text, slug or category."""

    type: Literal["post.changed"] = "post.changed"
    dataversion: Literal[1] = 1
    data: ChangedPost


class PostUnpublished(CloudEvent):
    """Readers cannot see a post any more: it is a draft again, or archived."""

    type: Literal["post.unpublished"] = "post.unpublished"
    dataversion: Literal[1] = 1
    data: WithdrawnPost


class PostDeleted(CloudEvent):
    """A post is gone for good, whether or not readers could see it."""

    type: Literal["post.deleted"] = "post.deleted"
    dataversion: Literal[1] = 1
    data: DeletedPost


Event: TypeAlias = PostPublished | PostChanged | PostUnpublished | PostDeleted
KINDS: Mapping[str, type[Event]] = {
    kind.model_fields["type"].default: kind for kind in get_args(Event)
}
"""By type."""


def sequence_of(version: int, again_since: datetime | None = None) -> str:
    """Always as many digits, so that sequences compare as text.

    What was deleted and came again, at a moment, counts its versions anew: after all before.
    """
    life = int(again_since.timestamp() * 1000) if again_since else 0
    return f"{life:0{LIFE_DIGITS}d}{version:0{VERSION_DIGITS}d}"


def published(reviewed: Post, now: datetime) -> Event:
    """`reviewed` is about to be published, at `now`."""
    facts: dict[str, Any] = {**_facts(reviewed), "published_at": now}
    return PostPublished(**_envelope(reviewed, now), data=PublicPost(**facts))


def brought_in(post: Post, now: datetime) -> Event | None:
    """A post is about to be there that was not, if readers can see it."""
    if not _is_public(post):
        return None
    event = PostPublished(**_envelope(post, now), data=PublicPost(**_facts(post)))
    return event.model_copy(update={"sequence": sequence_of(post.version, post.imported_at)})


def withdrawn(post: Post, now: datetime, *, is_archived: bool) -> Event | None:
    """A post is about to be taken out of publication, if it is in it."""
    if not _is_public(post):
        return None
    data = WithdrawnPost(**_facts(post), is_archived=is_archived)
    return PostUnpublished(**_envelope(post, now), data=data)


def changed(before: Post, after: Post, now: datetime) -> Event | None:
    """Another text, slug or category; drafts change unheard."""
    shown = ("title", "summary", "body", "tags", "slug", "category_id")
    names: list[Any] = [
        name.removesuffix("_id") for name in shown if getattr(before, name) != getattr(after, name)
    ]
    if not names or not _is_public(before):
        return None
    data = ChangedPost(
        **_facts(after),
        changed=names,
        former_slug=before.slug if "slug" in names else None,
        former_category_id=before.category_id if "category" in names else None,
    )
    return PostChanged(**_envelope(before, now), data=data)


def deleted(post: Post, now: datetime) -> Event:
    """A post is about to go."""
    public = _is_public(post)
    data = DeletedPost(
        was_published=public,
        slug=post.slug if public else None,
        category_id=post.category_id if public else None,
    )
    return PostDeleted(**_envelope(post, now), data=data)


def _is_public(post: Post) -> bool:
    return post.status is PostStatus.PUBLISHED


def _facts(post: Post) -> dict[str, Any]:
    facts: dict[str, Any] = {name: getattr(post, name) for name in PublicPost.model_fields}
    return facts | {"published_at": post.published_at or post.status_since}


def _envelope(before: Post, now: datetime) -> dict[str, Any]:
    """Every write of a post makes its next version, its deletion included."""
    return {
        "id": str(ULID.from_datetime(now)),
        "source": SOURCE,
        "subject": before.post_id,
        "time": now,
        "sequence": sequence_of(before.version + 1, before.imported_at),
        "traceparent": current_traceparent() or None,
    }


def telling(operation: WriteOperation[R], event: Event | None) -> WriteOperation[R]:
    """The write, with the same result and the same errors; without an event, as it is."""
    return operation.with_writes(outbox.add(item_of(event))) if event else operation


def item_of(event: Event) -> OutboxEvent:
    """The event as it waits to be sent."""
    return OutboxEvent(
        event_id=EventId(event.id),
        type=event.type,
        version=event.dataversion,
        group=event.subject,
        body=event.text(),
        traceparent=event.traceparent or "",
        occurred_at=event.time,
        expires_at=(event.time + KEPT).replace(microsecond=0),
    )
