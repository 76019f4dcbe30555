"""`harness`: one app, one table and one user pool for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.api.matrix.harness import MatrixHarness, open_matrix


@pytest.fixture(scope="module")
def harness() -> Iterator[MatrixHarness]:
    with open_matrix() as made:
        yield made


@pytest.fixture(autouse=True)
def tidied(harness: MatrixHarness) -> Iterator[None]:
    """What a test made is gone after it."""
    yield
    harness.tidy()
