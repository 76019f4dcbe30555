"""A secret that may change while the app runs. Knows not where it comes from."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import SecretStr


class LiveSecret(SecretStr):
    """As it is now: whoever asks for the value at each use has the current one."""

    def __init__(self, current: Callable[[], str]) -> None:
        super().__init__(current())
        self._current = current

    def get_secret_value(self) -> str:
        return self._current()
