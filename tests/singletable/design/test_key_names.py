"""Names of attributes tell the keys of a table, where every item has them and no two alike."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.design.key_names import guess_keys

Item = dict[str, Any]


def items(*names: str, count: int = 4, **same: str) -> list[Item]:
    made = [{name: {"S": f"{name}{n}"} for name in names} for n in range(count)]
    return [each | {name: {"S": text} for name, text in same.items()} for each in made]


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (("PK", "SK", "id"), ("PK", ["SK"])),
        (("pk", "sk"), ("pk", ["sk"])),
        (("_pk", "_sk"), ("_pk", ["_sk"])),
        (("PartitionKey", "SortKey"), ("PartitionKey", ["SortKey"])),
        (("hash_key", "range_key"), ("hash_key", ["range_key"])),
        (("PK",), ("PK", [])),
        (("id",), ("id", [])),
    ],
)
def test_keys_are_told_by_names(names: tuple[str, ...], keys: tuple[str, list[str]]) -> None:
    found = guess_keys(items(*names))
    assert found is not None
    assert (found["partition"], found["sort"], found["indexes"]) == (*keys, [])


def test_what_names_do_not_tell_is_not_guessed() -> None:
    assert guess_keys(items("a", "b")) is None
    assert guess_keys(items(PK="x", SK="y")) is None
    assert guess_keys([*items("SK", PK="x"), {"PK": {"S": "x"}}]) is None
    assert guess_keys([{"a": {"M": {}}}, {"a": {"M": {"x": {"S": ""}}}}]) is None


@pytest.mark.parametrize(
    ("names", "index"),
    [
        (("GSI1PK", "GSI1SK"), ("GSI1", "GSI1PK", ["GSI1SK"])),
        (("gsi2pk", "gsi2sk"), ("gsi2", "gsi2pk", ["gsi2sk"])),
        (("GSI_1_PK", "GSI_1_SK"), ("GSI1", "GSI_1_PK", ["GSI_1_SK"])),
        (("PK3", "SK3"), ("GSI3", "PK3", ["SK3"])),
        (("LSI1PK",), ("LSI1", "LSI1PK", [])),
    ],
)
def test_indexes_are_told_by_names(
    names: tuple[str, ...], index: tuple[str, str, list[str]]
) -> None:
    found = guess_keys(items("PK", "SK", *names))
    assert found is not None
    [made] = found["indexes"]
    assert (made["name"], made["partition"], made["sort"]) == index
