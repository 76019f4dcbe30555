"""The audit log: who changed which item, how and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import AuditKey, UserKey
from model.table import blog, gsi1, gsi2, primary
from model.user import Role
from singletable import TTL, Entity, shards
from singletable.formats import slug, text

MAX_FIELDS = 50


class AuditEntry(Entity, table=blog):
    """An audit entry of one write, created in its transaction and never updated.

    `action` is the permission that was checked, `pattern` the access pattern that wrote, empty for
    a refused sign-in: of an account there is one entry in ten minutes, however many. `fields`
    holds names of changed fields, never values: drafts and addresses are private. An entry without
    `actor_id` is of an anonymous caller.
    """

    entry_id: AuditKey
    kind: Annotated[str, slug(max_length=64)] = Field(examples=["post", "user"])
    subject_id: Annotated[str, text(max_bytes=128)] = Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"])
    action: Annotated[str, Field(max_length=100)] = Field(default="", examples=["posts.publish"])
    pattern: Annotated[str, Field(max_length=100)] = Field(examples=["posts.publish"])
    fields: Annotated[list[str], Field(max_length=MAX_FIELDS)] = Field(
        default_factory=list[str], examples=[["status", "status_since"]]
    )
    actor_id: UserKey | None = None
    roles: list[Role] = Field(default_factory=list[Role])
    request_id: Annotated[str, Field(max_length=64)] = ""
    at: AwareDatetime
    day: date
    expires_at: Annotated[datetime | None, TTL] = None

    key = primary.key("AUDIT#{kind}#{subject_id}", "{at}#{entry_id}")
    by_day = gsi1.key("AUDITED#{day}#{shard}", "{at}#{entry_id}", shards=shards(4, by="entry_id"))
    by_actor = gsi2.key("AUDITED-BY#{actor_id}", "{at}#{entry_id}")
