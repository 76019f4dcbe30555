"""Schemas of previews."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Header
from pydantic import Field

from app.core.wire import In, Out
from model import PostId, Preview, PreviewId, UserId

_TOKEN = "q3Vb0cXy7n8hK2mZtRw5sJ4fL1pD6gA9eU0iO3kYxQE"  # noqa: S105 - an example, in OpenAPI


PreviewToken = Annotated[
    str,
    Header(
        alias="X-Preview-Token",
        description="As it was shown when the preview was made. Never send it in a URL.",
        max_length=200,
        examples=[_TOKEN],
    ),
]


class PreviewIn(In):
    """For how long; without it, as the stage has it."""

    seconds: int | None = Field(
        default=None, strict=True, ge=1, examples=[3600], description="The stage has a longest."
    )


class PreviewOut(Out):
    preview_id: PreviewId = Field(
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        description="The SHA-256 of the token: it opens nothing.",
    )
    post_id: PostId = Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RA"])
    created_by: UserId = Field(examples=["ada"])
    created_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    expires_at: datetime = Field(examples=["2026-03-14T10:26:53Z"])


class IssuedOut(PreviewOut):
    """A new preview. Only this answer ever has the token."""

    token: str = Field(
        examples=[_TOKEN],
        description="Shown once. In a link it belongs into the fragment, which no server sees.",
    )


def shown(preview: Preview) -> PreviewOut:
    return PreviewOut.model_validate(preview)


def issued_out(preview: Preview, token: str) -> IssuedOut:
    return IssuedOut(**preview.model_dump(), token=token)
