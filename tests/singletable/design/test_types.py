"""Annotations as shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NewType

import pytest
from pydantic import Field

from singletable import Create, Delete, First, Get, Query, Transaction
from singletable.annotations import show_type
from singletable.design.compile import result_type
from tests.singletable.library.model.book import Book

Id = NewType("Id", str)


@pytest.mark.parametrize(
    ("annotation", "shown"),
    [
        (str, "str"),
        (Id, "Id"),
        (Annotated[Id, Field(min_length=1)], "Id"),
        (Id | None, "Id | None"),
        (dict[str, list[Id]], "dict[str, list[Id]]"),
        (tuple[int, ...], "tuple[int, ...]"),
        (Literal["a", "b"], "'a' | 'b'"),
        (None, "None"),
        (Any, "Any"),
    ],
)
def test_a_type_is_shown_as_it_is_written(annotation: object, shown: str) -> None:
    """New types keep their name; what is said in `Annotated` is left out."""
    assert show_type(annotation) == shown


@pytest.mark.parametrize(
    ("returns", "shown"),
    [
        (Query[Book], "Page[Book]"),
        (Get[Book], "Book | None"),
        (First[Book], "Book | None"),
        (Create[Book], "Book"),
        (Transaction[Book], "Book"),
        (Transaction[None], "None"),
        (Delete, "None"),
    ],
)
def test_a_result_is_what_the_repository_answers(returns: object, shown: str) -> None:
    """Not the operation that the pattern returns."""
    assert result_type(returns) == shown
