"""The settings as rows of a table. Reads the declaration, never the environment."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from app.core.settings.base import About
from app.core.settings.fields import Settings


@dataclass(frozen=True)
class SettingRow:
    """`required` says when, empty: never; `default` is text to show."""

    names: tuple[str, ...]
    meaning: str
    default: str
    required: str
    secret: bool
    may_be_reference: bool


def setting_rows() -> tuple[SettingRow, ...]:
    """Every setting, in the order of its declaration."""
    return tuple(_row(name, field) for name, field in Settings.model_fields.items())


def environment_names(field: str) -> tuple[str, ...]:
    """The variables that a field is read from, the preferred one first."""
    alias = Settings.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (field.upper(),)


def referable_fields() -> tuple[str, ...]:
    """Those that may be given as a reference to where their value is kept."""
    fields = Settings.model_fields.items()
    return tuple(name for name, field in fields if _about(field).may_be_reference)


def _about(field: FieldInfo) -> About:
    return next(item for item in field.metadata if isinstance(item, About))


def _row(name: str, field: FieldInfo) -> SettingRow:
    about = _about(field)
    return SettingRow(
        names=environment_names(name),
        meaning=about.meaning,
        default=about.default or f"`{_as_text(field.default)}`",
        required=about.required,
        secret=about.secret,
        may_be_reference=about.may_be_reference,
    )


def _as_text(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
