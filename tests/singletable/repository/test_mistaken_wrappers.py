"""What a repository is to be wrapped in, or to share, is checked when it is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable import AsyncRepository, Repository
from singletable.errors import InvalidOperation
from tests.singletable.raises import raises
from tests.singletable.shop import Product, shop


def send(operation: str, parameters: Mapping[str, Any]) -> Any:
    raise AssertionError(operation)


REPOSITORIES: tuple[Any, ...] = (Repository(send, shop), AsyncRepository(send, shop))


@pytest.mark.parametrize("repository", REPOSITORIES)
@pytest.mark.parametrize("middleware", [None, 3, "cache"])
def test_a_middleware_is_a_function(repository: Any, middleware: Any) -> None:
    """By both drivers, and not at the first operation."""
    with raises(InvalidOperation, where="with_middleware", declared=repr(middleware)):
        repository.with_middleware(middleware)


@pytest.mark.parametrize("repository", REPOSITORIES)
@pytest.mark.parametrize("shared", [3, None, Product, iter([Product])])
def test_shared_entities_are_a_collection(repository: Any, shared: Any) -> None:
    """One entity alone is none, and an iterator would be empty at its second use."""
    with raises(InvalidOperation, where="for_tenant", declared="shared=", allowed="a list of"):
        repository.for_tenant(shared=shared, tenant_id="acme")
