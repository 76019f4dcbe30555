"""What a setting is for, in words, and the forms that several of them share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import StringConstraints

Url = Annotated[str, StringConstraints(pattern=r"^(https?://[^\s/?#@]+/?)?$")]


@dataclass(frozen=True)
class About:
    """What a signature cannot say; `default` is shown where the default depends on others.

    `may_be_reference`: it may say where in AWS the value is kept (`references`).
    """

    meaning: str
    required: str = ""
    default: str | None = None
    secret: bool = False
    may_be_reference: bool = False
