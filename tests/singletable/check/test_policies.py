"""The library's policies, against its golden requests."""

from __future__ import annotations

import pytest

from singletable import transaction
from singletable.design import compile_design
from singletable.design.arguments import example_arguments
from singletable.emit.golden import golden
from singletable.operations import Context
from singletable.patterns import declarations_of
from tests.singletable.iam_proofs import allows, foreign, leaks, policy_of, superfluous
from tests.singletable.library import books, library

GOLDEN = golden(compile_design([library]))


def test_the_policy_of_all_patterns_allows_all_they_ask() -> None:
    """And not one of their requests is refused."""
    made = policy_of(library, GOLDEN)
    assert [name for name, requests in GOLDEN.items() if not allows(made, library, requests)] == []


@pytest.mark.parametrize("name", GOLDEN)
def test_a_pattern_is_allowed_what_it_asks(name: str) -> None:
    """By its own policy alone."""
    assert allows(policy_of(library, [name]), library, GOLDEN[name])


def test_a_pattern_is_allowed_nothing_else() -> None:
    """Requests of another are allowed exactly where they are within the first one's needs."""
    assert leaks(library, GOLDEN) == []


def test_no_policy_reaches_another_kind_of_item() -> None:
    """Judged by the entities' key templates, which policies are not made from."""
    assert foreign(library, GOLDEN) == []


def test_no_statement_is_superfluous() -> None:
    """Without any one of them some golden request is denied."""
    assert superfluous(library, GOLDEN) == []
    assert len(policy_of(library, GOLDEN)) == 5


def test_most_requests_are_denied_to_most_patterns() -> None:
    """The proofs above do not hold because everything is allowed."""
    allowed = sum(
        allows(policy_of(library, [name]), library, requests)
        for name in GOLDEN
        for requests in GOLDEN.values()
    )
    assert len(GOLDEN) <= allowed < len(GOLDEN) ** 2 / 3


def test_an_update_that_changes_nothing_is_allowed() -> None:
    """In a transaction as well: it writes what is there."""
    book = example_arguments(declarations_of(library).patterns["books.correct"])["before"]
    (request,) = transaction(books.correct(book, book)).requests(Context())
    (part,) = request.parameters["TransactItems"]
    assert list(part) == ["Update"]
    asked = [{"operation": request.operation, "parameters": request.parameters}]
    assert allows(policy_of(library, ["books.correct"]), library, asked)
