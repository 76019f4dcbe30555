"""Real names of tables are what DynamoDB takes for one: a name, or the ARN of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository, Table, create_table
from singletable.errors import InvalidOperation, InvalidTable

shelf = Table("names_of_tables")
ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/shelf-prod"
GOOD = ["abc", "a_b.c-D9", "x" * 255, ARN, ARN.replace("aws:", "aws-cn:", 1)]
BAD = ["", "ab", "a b", "x" * 256, "a/b", "abc\n", "täble", f"{ARN}/index/GSI1", "arn:aws:s3:::a"]


def never(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    raise AssertionError("sent")


@pytest.mark.parametrize("kind", [Repository, AsyncRepository])
def test_a_repository_refuses_other_names(kind: Any) -> None:
    """Before anything is sent."""
    for name in GOOD:
        kind(never, {shelf: name})
    for name in BAD:
        with pytest.raises(InvalidOperation):
            kind(never, {shelf: name})


@pytest.mark.parametrize("name", BAD)
def test_a_table_that_is_declared_or_made_has_a_name(name: str) -> None:
    """An ARN is none: it is of a table that is there."""
    for refused in (lambda: Table(name), lambda: create_table(shelf, name)):
        with pytest.raises(InvalidTable):
            refused()
