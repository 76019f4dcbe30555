"""Needs of access patterns → the statements of an IAM policy. Widens none of them by merging."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from singletable.emit.needs_grouped import Group, grouped
from singletable.emit.verbatim import Text, Verbatim, index_arn
from singletable.patterns import Pattern
from singletable.table import Table

INLINE, MANAGED = 10_240, 6_144
"""IAM's limits in characters, without white space: a role's inline policies, a managed policy."""

TABLE_ACTIONS = ("DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive")
"""Questions about the table that no access pattern asks, and that show no item."""

_ARN = "arn:aws:dynamodb:ap-southeast-1:123456789012:table/" + "t" * 64
_SID_LENGTH = 80

Statement = dict[str, Any]


def statements(
    table: Table, patterns: Iterable[Pattern], arn: Text, actions: Sequence[str] = ()
) -> list[Statement]:
    """The least that lets these patterns be asked, and `actions` on the table as a whole.

    Nothing is allowed twice, so each statement is needed. `ValueError` for an `arn` that is an
    expression which cannot be continued to an index.
    """
    made = [_statement(group, arn) for group in grouped(table, patterns)]
    if actions:
        made.append(_allow("Table", sorted(actions), [arn]))
    return _numbered(made)


def policy(made: Sequence[Statement]) -> dict[str, Any]:
    """The whole document."""
    return {"Version": "2012-10-17", "Statement": list(made)}


def policy_size(made: Sequence[Statement]) -> int:
    """Characters as IAM counts them; an expression counts as an ARN of a long table name."""
    return len(json.dumps(policy(made), separators=(",", ":"), ensure_ascii=False, default=_arn))


def _arn(_: Verbatim) -> str:
    return _ARN


def _statement(group: Group, arn: Text) -> Statement:
    resources = [arn if index is None else index_arn(arn, index) for index in group.indexes]
    statement = _allow(_sid(group.patterns), group.actions, resources)
    if group.keys:
        statement["Condition"] = {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(group.keys)},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    return statement


def _allow(sid: str, actions: Sequence[str], resources: Sequence[Text]) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": list(resources),
    }


def _sid(patterns: Sequence[str]) -> str:
    """`PostsByIdAndPostsViews`, or the first and how many more there are."""
    names = ["".join(map(_capital, re.split(r"[^A-Za-z0-9]+", name))) for name in patterns]
    whole = "And".join(names)
    return whole if len(whole) <= _SID_LENGTH else f"{names[0]}And{len(names) - 1}More"


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]


def _numbered(made: list[Statement]) -> list[Statement]:
    """Sids are unique within a policy: the second of a name is `...N2`."""
    seen = dict[str, int]()
    for statement in made:
        sid = statement["Sid"]
        seen[sid] = seen.get(sid, 0) + 1
        statement["Sid"] = sid if seen[sid] == 1 else f"{sid}N{seen[sid]}"
    return made
