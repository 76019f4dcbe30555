"""The app with a user pool, for the routes that lead in and out; refusals are not waited for."""

from __future__ import annotations

from functools import partial

import pytest

from app.api.kit.requests import pad_duration, pad_to_step
from app.api.v1 import auth
from tests.app.services.accounts.conftest import open_harness

__all__ = ["open_harness", "slept"]


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each evened answer would have waited; every request takes 0.2 s by this clock."""
    waits: list[float] = []
    ticks = iter(range(10**9))

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 6))

    even = partial(pad_duration, clock=lambda: next(ticks) * 0.2, sleep=sleep)
    step = partial(pad_to_step, clock=lambda: next(ticks) * 0.2, sleep=sleep)
    for module in (auth, auth):
        monkeypatch.setattr(module, "pad_duration", even)
    monkeypatch.setattr(auth, "pad_to_step", step)
    return waits
