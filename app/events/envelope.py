"""The form of every event: CloudEvents 1.0, structured JSON. Knows no kind of event.

Names are CloudEvents' where it has them; `dataversion` is an extension, `sequence` and
`traceparent` are published ones.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

LIFE_DIGITS, VERSION_DIGITS = 13, 10


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


Moment = Annotated[AwareDatetime, PlainSerializer(_instant, return_type=str, when_used="json")]


class Told(BaseModel):
    """Made with Python's names, written in camelCase; nothing but what is declared."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        field_title_generator=lambda name, _: name.replace("_", " "),
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        extra="forbid",
        frozen=True,
    )


class Event(Told):
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


def sequence_of(version: int, again_since: datetime | None = None) -> str:
    """Always as many digits, so that sequences compare as text.

    What was deleted and came again, at a moment, counts its versions anew: after all before.
    """
    life = int(again_since.timestamp() * 1000) if again_since else 0
    return f"{life:0{LIFE_DIGITS}d}{version:0{VERSION_DIGITS}d}"
