"""Reading the audit log, for administrators. Nobody changes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field
from pydantic.alias_generators import to_camel

from access_patterns import audit
from app.api.guards.permission import PermissionDep, guards
from app.api.guards.routes import private_router
from app.api.kit.answers import Envelope
from app.api.kit.requests import PageOut, Paging
from app.core.context import asks
from app.core.problems import invalid
from app.core.wire import Out, like
from app.services.policy import Resource, ResourceKind
from model import AuditEntry, AuditId, Role, UserId, UserKey
from singletable import Query as Question
from singletable.formats import slug

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written_out(value: object) -> object:
    """Year, month and day; a number would be taken for seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a day is written as 2026-11-25")
    return value


class AuditEntryOut(Out):
    """One effect. Of what was changed there are names, never values."""

    model_config = like(
        AuditEntry,
        entity="post",
        effect="posts.publish",
        changed=["status", "publishedAt"],
        actor_id="ada",
        roles=["fm-web:editor"],
        request_id="5d1f4a0e-7b1c-4b53-9a0e-0c5f3f3d7c11",
    )

    entry_id: AuditId
    at: datetime
    entity: str
    subject_id: str
    action: str = Field(description="What the caller was allowed, as the policy has it.")
    effect: str = Field(
        description="The access pattern that was carried out; empty where a sign-in was refused."
    )
    changed: Sequence[str] = Field(description="Of changes: the fields that changed.")
    actor_id: UserId | None = Field(description="Null: nobody who had shown who they are.")
    roles: Sequence[Role] = Field(description="The actor's, then.")
    request_id: str


def shown(entry: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut(
        **entry.model_dump(include=set(AuditEntryOut.model_fields)),
        entity=entry.kind,
        effect=entry.pattern,
        changed=[to_camel(field) for field in entry.fields],
    )


Entity = Annotated[
    Annotated[str, slug(max_length=64)] | None,
    Query(description="With `id`: the kind of item, such as `post`.", examples=["post"]),
]
Identity = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=128,
        pattern=r"^[0-9A-Za-z.\-]+$",
        description="With `entity`: the item's identity.",
        examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"],
    ),
]
Actor = Annotated[UserKey | None, Query(description="Who did it.", examples=["ada"])]
Day = Annotated[
    Annotated[date, BeforeValidator(_written_out)] | None,
    Query(description="When, in UTC.", examples=["2026-11-25"]),
]

ENTRIES: ResourceKind[AuditEntry] = ResourceKind("audit")
LIST = "audit.list"


@guards(ENTRIES, LIST)
@asks(audit.by_item, audit.by_actor, audit.on_day)
def entries_question(
    may: PermissionDep,
    entity: Entity = None,
    id: Identity = None,  # noqa: A002 - the parameter's name on the wire
    actor: Actor = None,
    day: Day = None,
) -> Question[AuditEntry]:
    """The question that the filters ask: exactly one of the three."""
    may.require(LIST, Resource(ENTRIES.name))
    match entity, id, actor, day:
        case str(), str(), None, None:
            return audit.by_item(entity, id)
        case None, None, str(), None:
            return audit.by_actor(actor)
        case None, None, None, date():
            return audit.on_day(day)
        case _:
            raise invalid("query", "one-of", "give `entity` and `id`, or `actor`, or `day`")


AskedEntries = Annotated[Question[AuditEntry], Depends(entries_question)]

reads = private_router("/v1/audit", "audit")


@reads.get("", summary="Who did what")
def list_audit_entries(question: AskedEntries, paging: Paging) -> Envelope[PageOut[AuditEntryOut]]:
    """What was done to one item, by one person, or on one day, newest first.

    Give `entity` and `id`, or `actor`, or `day`. Lists by person and by day may be a moment late.
    """
    return paging.load(question, shown)
