"""`site`, `any_site`: as for the API. `world`: everyone and everything of the matrix."""

from __future__ import annotations

import pytest

from tests.app.accounts.conftest import town
from tests.app.matrix.conftest import world
from tests.app.v1.conftest import any_site, site

__all__ = ["any_site", "site", "town", "world"]


@pytest.fixture(autouse=True)
def one_event_loop() -> None:
    """None is shared here: a request that is killed ends its loop."""
