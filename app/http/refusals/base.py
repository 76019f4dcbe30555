"""What all refusals share: a message composed from fields. Knows no status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.http.envelope import CODES, Detail
from app.worded import WordedError


@dataclass(eq=False, kw_only=True)
class Refusal(WordedError):
    """`why` says when it occurs and `remedy` what the client can do about it."""

    status: ClassVar[int]
    code: ClassVar[str]
    why: ClassVar[str]
    remedy: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        CODES.update({cls.code} if hasattr(cls, "code") else ())

    def details(self) -> Sequence[Detail]:
        """What is wrong in particular, if there is more than one thing to say."""
        return ()

    def headers(self) -> Mapping[str, str]:
        """Headers that the status asks for."""
        return {}
