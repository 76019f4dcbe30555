"""The base class of all errors: a message composed from fields. Knows no DynamoDB."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import ClassVar, Literal, TypeAlias

from singletable.records import record

_MOST_SHOWN = 100

Written: TypeAlias = Literal["no", "yes", "unknown"]
"""Whether an operation that ended in an error wrote anything; unknown: an answer was lost."""


def abridge(value: object) -> str:
    """The text of any value for messages: all of it, or its beginning and its length."""
    try:
        shown = repr(value)
    except Exception:  # noqa: BLE001 (nested too deep, an int too long; a class of the user's)
        return f"<{type(value).__name__}>"
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}… ({len(shown)} long)"


@record(eq=False, frozen=False, kw_only=True)
class SingleTableError(Exception):
    """The base class of all errors: carries its facts as fields.

    `slug` is stable and may be matched by programs. `message` is a format string over the fields,
    without a full stop, so that other sentences may hold it. `why` says when it occurs and
    `remedy` what to do about it. docs/errors.md is made from them.
    """

    slug: ClassVar[str]
    message: ClassVar[str]
    why: ClassVar[str]
    remedy: ClassVar[str]

    def __str__(self) -> str:
        return self.message.format_map(self.facts())

    def facts(self) -> dict[str, object]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __reduce__(self) -> tuple[object, ...]:
        return partial(type(self), **self.facts()), ()
