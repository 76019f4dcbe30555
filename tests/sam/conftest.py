"""No setting of the machine reaches a test."""

from __future__ import annotations

import pytest

from app.settings import setting_rows


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for row in setting_rows():
        for name in row.names:
            monkeypatch.delenv(name, raising=False)
