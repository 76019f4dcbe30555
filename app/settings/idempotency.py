"""Settings of requests with an Idempotency-Key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from app.settings.about import About


class IdempotencySettings(BaseSettings):
    """The part of `Settings` that says how long a repeated request is known."""

    idempotency_seconds: Annotated[
        int,
        About("Seconds for which a request with an `Idempotency-Key` is known, and its answer."),
        Field(ge=600, le=7 * 24 * 3600),
    ] = 24 * 3600
    idempotency_lock_seconds: Annotated[
        int,
        About(
            "Seconds after which an unanswered request with an `Idempotency-Key` counts as cut"
            " short, so that its repetition is carried out; longer than any request takes."
        ),
        Field(ge=30, le=600),
    ] = 60
