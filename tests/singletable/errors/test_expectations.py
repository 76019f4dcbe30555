"""Tests expect errors of the engine by class and fields, not by the composed message."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from singletable import errors
from singletable.errors import InvalidKeyValue, ItemExists, WriteRefused
from singletable.transport import TransportError
from tests.singletable.raises import raises

TESTS = Path(__file__).parents[1]
NAMES = {name for name, value in vars(errors).items() if inspect.isclass(value)}
ERRORS = NAMES | {TransportError.__name__}


def matched_errors(source: str) -> Iterator[str]:
    """The classes of errors whose composed message is matched by `pytest.raises`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or ast.unparse(node.func) != "pytest.raises":
            continue
        kind = ast.unparse(node.args[0]).rpartition(".")[2] if node.args else ""
        if kind in ERRORS and any(keyword.arg == "match" for keyword in node.keywords):
            yield f"line {node.lineno}: {kind}"


def test_no_test_matches_the_composed_message_of_an_error() -> None:
    """`raises(InvalidItem, entity="Post")` says what is expected without the wording."""
    found = {
        path.relative_to(TESTS).as_posix(): list(matched_errors(path.read_text("utf-8")))
        for path in TESTS.rglob("*.py")
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_a_match_of_an_error_is_found() -> None:
    """Of a class named by itself or by its module, and not of a ValueError."""
    source = (
        "with pytest.raises(errors.InvalidItem, match='a'): pass\n"
        "with pytest.raises(ItemExists, match='b'): pass\n"
        "with pytest.raises(ValueError, match='c'): pass\n"
    )
    assert list(matched_errors(source)) == ["line 1: InvalidItem", "line 2: ItemExists"]


REFUSED = InvalidKeyValue(where="Post.key", field="slug", value="a#b", reason="contains '#'")


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        ({"where": "Post"}, "where is 'Post.key', not 'Post'"),
        ({"field": "slug", "value": "a"}, "value is 'a#b', not 'a'"),
        ({"reason": "is empty"}, "reason is \"contains '#'\", not 'is empty'"),
    ],
)
def test_a_field_that_differs_is_named(expected: dict[str, str], told: str) -> None:
    """With what was found and what was expected."""
    with pytest.raises(AssertionError) as failed, raises(InvalidKeyValue, **expected):
        raise REFUSED
    assert str(failed.value) == f"InvalidKeyValue: {told}"


def test_a_subclass_is_another_error() -> None:
    """A sentence is compared by the part that matters, the class as a whole."""
    with raises(InvalidKeyValue, where="Post.key", field="slug", value="a#b", reason="'#'"):
        raise REFUSED
    with pytest.raises(AssertionError, match="ItemExists is raised"), raises(WriteRefused):
        raise ItemExists(entity="Post", key="k")
