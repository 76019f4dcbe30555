"""Settings of how often anyone may ask."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from app.settings.about import About


class LimitSettings(BaseSettings):
    """The part of `Settings` that says how many requests are too many."""

    reads_per_minute: Annotated[
        int,
        About("Reads within any minute: of one caller, or of one source without credentials."),
        Field(ge=1, le=1_000_000),
    ] = 600
    writes_per_minute: Annotated[
        int,
        About(
            "Writes within any minute, likewise. Sign-in routes are counted apart, as many again,"
            " beside their attempts."
        ),
        Field(ge=1, le=1_000_000),
    ] = 120
