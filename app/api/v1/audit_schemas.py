"""Schemas of audit entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field
from pydantic.alias_generators import to_camel

from app.core.wire import Out
from model import AuditEntry, AuditId, Role, UserId


class AuditEntryOut(Out):
    """One effect. Of what was changed there are names, never values."""

    entry_id: AuditId = Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RC"])
    at: datetime = Field(examples=["2026-11-25T09:26:53Z"])
    entity: str = Field(examples=["post"])
    subject_id: str = Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"])
    action: str = Field(
        examples=["posts.publish"], description="What the caller was allowed, as the policy has it."
    )
    effect: str = Field(
        examples=["posts.publish"],
        description="The access pattern that was carried out; empty where a sign-in was refused.",
    )
    changed: Sequence[str] = Field(
        examples=[["status", "publishedAt"]], description="Of changes: the fields that changed."
    )
    actor_id: UserId | None = Field(
        examples=["ada"], description="Null: nobody who had shown who they are."
    )
    roles: Sequence[Role] = Field(examples=[["fm-web:editor"]], description="The actor's, then.")
    request_id: str = Field(examples=["5d1f4a0e-7b1c-4b53-9a0e-0c5f3f3d7c11"])


def shown(entry: AuditEntry) -> AuditEntryOut:
    return AuditEntryOut(
        entry_id=entry.entry_id,
        at=entry.at,
        entity=entry.kind,
        subject_id=entry.subject_id,
        action=entry.action,
        effect=entry.pattern,
        changed=[to_camel(field) for field in entry.fields],
        actor_id=entry.actor_id,
        roles=entry.roles,
        request_id=entry.request_id,
    )
