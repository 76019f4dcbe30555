"""Every kind of event, with its version. What stands here others rely on: a field is never taken
away nor given another meaning under the same version. tests/app/events/golden holds that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from model import CategoryId, Slug, UserId

Changed = Literal["title", "summary", "body", "tags", "slug", "category"]


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

    changed: Annotated[list[Changed], Field(min_length=1)]
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


LIFE_DIGITS, VERSION_DIGITS = 13, 10


class Event(EventModel):
    """Something that happened to `subject`. The same `id` is the same event, sent once more.

    Of two events about one subject the one with the greater `sequence` is later, whatever the
    order in which they arrive. `kind` and `number` are its type and version.
    """

    kind: ClassVar[str]
    number: ClassVar[int]

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


class PostPublished(Event):
    """Readers can see a post from now on."""

    kind: ClassVar[str] = "post.published"
    number: ClassVar[int] = 1

    type: Literal["post.published"] = "post.published"
    dataversion: Literal[1] = 1
    data: PublicPost


class PostChanged(Event):
    """A post that readers can see has another text, slug or category."""

    kind: ClassVar[str] = "post.changed"
    number: ClassVar[int] = 1

    type: Literal["post.changed"] = "post.changed"
    dataversion: Literal[1] = 1
    data: ChangedPost


class PostUnpublished(Event):
    """Readers cannot see a post any more: it is a draft again, or archived."""

    kind: ClassVar[str] = "post.unpublished"
    number: ClassVar[int] = 1

    type: Literal["post.unpublished"] = "post.unpublished"
    dataversion: Literal[1] = 1
    data: WithdrawnPost


class PostDeleted(Event):
    """A post is gone for good, whether or not readers could see it."""

    kind: ClassVar[str] = "post.deleted"
    number: ClassVar[int] = 1

    type: Literal["post.deleted"] = "post.deleted"
    dataversion: Literal[1] = 1
    data: DeletedPost


KINDS: Mapping[str, type[Event]] = {
    each.kind: each for each in (PostPublished, PostChanged, PostUnpublished, PostDeleted)
}
"""By type."""


def sequence_of(version: int, again_since: datetime | None = None) -> str:
    """Always as many digits, so that sequences compare as text.

    What was deleted and came again, at a moment, counts its versions anew: after all before.
    """
    life = int(again_since.timestamp() * 1000) if again_since else 0
    return f"{life:0{LIFE_DIGITS}d}{version:0{VERSION_DIGITS}d}"
