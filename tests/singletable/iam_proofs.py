"""What is proven of the policies of any design: which golden requests they allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from singletable import Table
from singletable.check import is_request_allowed
from singletable.design import compile_design
from singletable.design.accesses import accesses
from singletable.design.ir import Design, Need
from singletable.emit.iam.policy import Statement, statements
from singletable.patterns import declarations_of

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/real-name"
Requests = Sequence[Mapping[str, Any]]
Golden = Mapping[str, Requests]


@cache
def compiled(table: Table) -> Design:
    """The table's design as data, made once."""
    return compile_design([table], examples=False)


def policy_of(table: Table, names: Iterable[str]) -> list[Statement]:
    """The statements of these patterns, on a table of another name than the declared."""
    patterns = {each.name: each for each in compiled(table).patterns}
    return statements({table.name: ARN}, [patterns[name] for name in names])


def allows(made: Iterable[Statement], table: Table, requests: Requests) -> bool:
    """Whether a caller with this policy gets all of these requests through."""
    known = list(made)
    return all(
        is_request_allowed(
            known, each["operation"], each["parameters"], compiled(table).tables[0], ARN
        )
        for each in requests
    )


def leaks(table: Table, golden: Golden) -> list[tuple[str, str, bool]]:
    """Pairs of patterns for which it is otherwise than the needs of the first say.

    The third: whether the first's policy allows the second's requests.
    """
    found = list[tuple[str, str, bool]]()
    for name in golden:
        made = policy_of(table, [name])
        needs = next(each.needs for each in compiled(table).patterns if each.name == name)
        for other, requests in golden.items():
            allowed = allows(made, table, requests)
            if allowed != _is_within(needs, table, requests):
                found.append((name, other, allowed))
    return found


def _is_within(needs: Iterable[Need], table: Table, requests: Requests) -> bool:
    """Whether requests take no action, no index and no partition key but those of the needs."""
    known = list(needs)
    wanted = [
        (access.action, access.index, _text(key))
        for request in requests
        for access in accesses(
            request["operation"],
            request["parameters"],
            defaultdict(lambda: compiled(table).tables[0]),
        )
        for key in access.keys
    ]
    return all(
        any((need.action, need.index) == (action, index) and _fits(need, key) for need in known)
        for action, index, key in wanted
    )


def _fits(need: Need, key: str) -> bool:
    """Piece by piece, without the regular expressions of what is tested."""
    first, *rest = need.key
    if not rest:
        return key == first
    at = len(first)
    if not key.startswith(first):
        return False
    for piece in rest[:-1]:
        at = key.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return len(key) - len(rest[-1]) >= at and key.endswith(rest[-1])


def foreign(table: Table, golden: Golden) -> list[tuple[str, str]]:
    """Pairs where the first's policy allows a request of the second to keys of another template.

    Templates are the entities' own: nothing of how policies are made is used.
    """
    kinds = {name: _kinds(table, requests) for name, requests in golden.items()}
    return [
        (name, other)
        for name in golden
        for other, requests in golden.items()
        if not kinds[other] <= kinds[name] and allows(policy_of(table, [name]), table, requests)
    ]


def _kinds(table: Table, requests: Requests) -> set[tuple[str, str, str]]:
    return {
        (access.action, access.index, _template(table, access.index, _text(key)))
        for request in requests
        for access in accesses(
            request["operation"],
            request["parameters"],
            defaultdict(lambda: compiled(table).tables[0]),
        )
        for key in access.keys
    }


def _template(table: Table, index: str, key: str) -> str:
    """The partition template on that index that this key was rendered from."""
    templates = [
        *(
            own.partition[0].template
            for schema in declarations_of(table).entities.values()
            for own in schema.keys.values()
            if own.index.label == index
        ),
        *(
            unique.template
            for each in declarations_of(table).entities.values()
            for unique in each.uniques
        ),
    ]
    for template in templates:
        try:
            template.parse(key)
        except ValueError:
            continue
        return template.source
    raise AssertionError(f"{key} is of no template on {index}")


def superfluous(table: Table, golden: Golden) -> list[str]:
    """Statements of the policy of all patterns that no golden request would miss."""
    made = policy_of(table, golden)
    return [
        dropped["Sid"]
        for dropped in made
        if all(
            allows([each for each in made if each is not dropped], table, requests)
            for requests in golden.values()
        )
    ]


def _text(value: Mapping[str, Any]) -> str:
    ((_, content),) = value.items()
    return str(content)
