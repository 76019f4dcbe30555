"""The policy of each deployed function, against the golden requests of its patterns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access_patterns import blog
from singletable.cli.functions import patterns_of, table_actions_of, words_of
from singletable.cli.project import Project
from singletable.cli.settings import find_settings
from singletable.design import compile_design
from singletable.emit.golden import golden
from singletable.emit.iam.policy import MANAGED, policy_size, statements
from tests.singletable.iam_proofs import ARN, allows, foreign, leaks, policy_of, superfluous

ROOT = Path(__file__).parents[2]
GOLDEN = golden(compile_design([blog]))
"""The requests that are committed, to the letter: test_design holds that."""

PROJECT = Project(find_settings(ROOT))
FUNCTIONS = sorted(PROJECT.functions)


def asked_by(function: str) -> dict[str, Any]:
    """The golden requests of the patterns that a function asks."""
    words = words_of(PROJECT, function)
    return {each.name: GOLDEN[each.name] for each in patterns_of(PROJECT, words)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_allowed_all_that_it_asks(function: str) -> None:
    """Every golden request of its patterns."""
    golden = asked_by(function)
    made = policy_of(blog, golden)
    assert golden
    assert [name for name, requests in golden.items() if not allows(made, blog, requests)] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_allowed_nothing_superfluous(function: str) -> None:
    """Whichever statement is dropped, a golden request is denied."""
    assert superfluous(blog, asked_by(function)) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_policy_of_a_function_is_small_enough(function: str) -> None:
    """Even for a managed policy, whose limit is the lower."""
    words = words_of(PROJECT, function)
    made = statements({blog.name: ARN}, patterns_of(PROJECT, words), table_actions_of(words))
    assert policy_size(made) < MANAGED


@pytest.mark.parametrize("name", GOLDEN)
def test_a_pattern_is_allowed_what_it_asks(name: str) -> None:
    """By its own policy alone."""
    assert allows(policy_of(blog, [name]), blog, GOLDEN[name])


def test_a_pattern_is_allowed_nothing_else() -> None:
    """Requests of another are allowed exactly where they are within the first one's needs."""
    assert leaks(blog, GOLDEN) == []


def test_no_policy_reaches_another_kind_of_item() -> None:
    """Judged by the entities' key templates, which policies are not made from."""
    assert foreign(blog, GOLDEN) == []


def test_who_reads_posts_can_neither_write_nor_see_users() -> None:
    """What the proofs above mean, in one example."""
    made = policy_of(blog, [name for name in GOLDEN if name == "posts.by_id"])
    assert allows(made, blog, GOLDEN["posts.revision"])
    for name in ("posts.create", "posts.edit", "posts.views", "posts.published", "users.by_id"):
        assert not allows(made, blog, GOLDEN[name])
