"""Needs of access patterns → the statements of an IAM policy. Widens none of them by merging."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from singletable.design.ir import PRIMARY, JsonObject, Pattern
from singletable.emit.data_text import INTRINSIC, RawExpression, Text
from singletable.emit.iam.permissions import Permission, merge_needs

INLINE, MANAGED = 10_240, 6_144
"""IAM's limits in characters, without white space: a role's inline policies, a managed policy."""

TABLE_ACTIONS = ("DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive")
"""Questions about the table that no access pattern asks, and that show no item."""

_ARN = "arn:aws:dynamodb:ap-southeast-1:123456789012:table/" + "t" * 64
_SID_LENGTH = 80

Statement = JsonObject
_QUOTED = re.compile(r"(['\"])(?P<text>.*)\1")


def statements(
    arns: Mapping[str, Text], patterns: Iterable[Pattern], actions: Sequence[str] = ()
) -> list[Statement]:
    """The fewest permissions that these patterns need, and `actions` on the tables as a whole.

    `arns` maps the tables' declared names to where they are; nothing is allowed on others.
    Nothing is allowed twice, so each statement is needed. `ValueError` for an ARN that is an
    expression which cannot be continued to an index.
    """
    listed = list(patterns)
    made = [
        _statement(permission, arn)
        for table, arn in arns.items()
        for permission in merge_needs(table, listed)
    ]
    if actions:
        made.append(_allow("Table", sorted(actions), list(arns.values())))
    return _number_sids(made)


def policy(made: Sequence[Statement]) -> JsonObject:
    """The policy document."""
    return {"Version": "2012-10-17", "Statement": list(made)}


def policy_size(made: Sequence[Statement]) -> int:
    """The size as IAM counts it; an expression counts as an ARN of a long table name."""
    return len(json.dumps(policy(made), separators=(",", ":"), ensure_ascii=False, default=_arn))


def _arn(_: RawExpression) -> str:
    return _ARN


def _statement(permission: Permission, arn: Text) -> Statement:
    resources = [arn if index == PRIMARY else index_arn(arn, index) for index in permission.indexes]
    statement = _allow(_sid(permission.patterns), permission.actions, resources)
    if permission.keys:
        statement["Condition"] = {
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(permission.keys)},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    return statement


def index_arn(table: Text, index: str) -> Text:
    """The ARN of an index, from the table's; `ValueError` for what cannot be continued."""
    if isinstance(table, str):
        return f"{table}/index/{index}"
    found = INTRINSIC.fullmatch(table.text)
    tag, text = (found["tag"], _without_quotes(found["text"])) if found else ("", "")
    if tag in ("GetAtt", "Ref"):
        text = f"${{{text}}}"
    elif tag != "Sub":
        raise ValueError(f"{table.text} is neither !GetAtt, !Ref nor !Sub")
    return RawExpression(f'!Sub "{text}/index/{index}"')


def _without_quotes(text: str) -> str:
    found = _QUOTED.fullmatch(text)
    return found["text"] if found else text


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


def _number_sids(made: list[Statement]) -> list[Statement]:
    """Sids are unique within a policy: the second of a name is `...N2`."""
    seen = dict[str, int]()
    for statement in made:
        sid = statement["Sid"]
        seen[sid] = seen.get(sid, 0) + 1
        statement["Sid"] = sid if seen[sid] == 1 else f"{sid}N{seen[sid]}"
    return made
