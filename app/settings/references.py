"""Where a secret is kept, in place of its value: parses the form, reads nothing.

`aws-secretsmanager:<name or ARN>` or `aws-ssm:<name>`, each with `#<key>` behind it if the value
is a JSON object of which one text is meant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

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
