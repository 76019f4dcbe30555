"""The forms of settings: descriptions, problems, references to secrets, live secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, cast

from pydantic import SecretStr, StringConstraints

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


@dataclass(frozen=True)
class SettingProblem:
    """One missing or contradictory setting; `names` are environment variables."""

    names: tuple[str, ...]
    says: str
    remedy: str

    def __str__(self) -> str:
        return f"{', '.join(self.names)}: {self.says}. {self.remedy}."


class SettingsError(Exception):
    """The app refuses to start; lists every problem at once."""

    def __init__(self, problems: Iterable[SettingProblem]) -> None:
        self.problems = tuple(problems)
        lines = "".join(f"\n  - {problem}" for problem in self.problems)
        super().__init__(f"The app cannot start with this configuration:{lines}")


Store = Literal["aws-secretsmanager", "aws-ssm"]


FORM = "aws-secretsmanager:<name or ARN> or aws-ssm:<name>, then #<key> for a part of JSON"


_SCHEME = re.compile(r"(aws-secretsmanager|aws-ssm):")


_NAME = re.compile(r"[0-9A-Za-z/_+=.@:!-]{1,2048}")


@dataclass(frozen=True)
class Reference:
    """`key` is empty where the whole value is meant."""

    store: Store
    name: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.store}:{self.name}" + (f"#{self.key}" if self.key else "")


class MalformedReference(ValueError):
    """It begins like a reference and is none; the text is not shown, for it may be a secret."""


def is_reference(value: str) -> bool:
    """Whether it begins like one."""
    return _SCHEME.match(value) is not None


def parsed_reference(value: str) -> Reference:
    """Raises `MalformedReference`."""
    scheme = _SCHEME.match(value)
    if scheme is None:
        raise MalformedReference
    name, mark, key = value[scheme.end() :].partition("#")
    if _NAME.fullmatch(name) is None or (mark and not key.isprintable()) or bool(mark) != bool(key):
        raise MalformedReference
    return Reference(cast(Store, scheme[1]), name, key)


class LiveSecret(SecretStr):
    """As it is now: whoever asks for the value at each use has the current one."""

    def __init__(self, current: Callable[[], str]) -> None:
        super().__init__(current())
        self._current = current

    def get_secret_value(self) -> str:
        return self._current()
