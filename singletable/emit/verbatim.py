"""Expressions of a deployment language, kept as they were written. Evaluates none of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INTRINSIC = re.compile(r"!(?P<tag>[A-Z][A-Za-z]*) +(?P<text>\S.*)")
_QUOTED = re.compile(r"(['\"])(?P<text>.*)\1")


@dataclass(frozen=True)
class Verbatim:
    """Text that is no value but stands for one: `!Ref TableName`."""

    text: str


Text = str | Verbatim
Switch = bool | Verbatim


def intrinsic(text: str) -> Verbatim | None:
    """CloudFormation's short form of a function, on one line; None for any other text."""
    return Verbatim(text) if _INTRINSIC.fullmatch(text) else None


def index_arn(table: Text, index: str) -> Text:
    """The ARN of an index, from the table's; `ValueError` for what cannot be continued."""
    if isinstance(table, str):
        return f"{table}/index/{index}"
    found = _INTRINSIC.fullmatch(table.text)
    tag, text = (found["tag"], _unquoted(found["text"])) if found else ("", "")
    if tag in ("GetAtt", "Ref"):
        text = f"${{{text}}}"
    elif tag != "Sub":
        raise ValueError(f"{table.text} is neither !GetAtt, !Ref nor !Sub")
    return Verbatim(f'!Sub "{text}/index/{index}"')


def _unquoted(text: str) -> str:
    found = _QUOTED.fullmatch(text)
    return found["text"] if found else text
