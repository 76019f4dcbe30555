"""What has been proved so far, told line by line; a failure is told, and the rest still tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from scripts.artefact.emulator import FunctionFailed


class NotSo(Exception):
    """Something is not as it should be; the message says what was found."""


class Proof:
    """`failures` counts what did not hold."""

    def __init__(self) -> None:
        self.proved = 0
        self.failures = 0

    @contextmanager
    def of(self, fact: str) -> Iterator[None]:
        """Proved unless the block raises."""
        try:
            yield
        except (NotSo, FunctionFailed, OSError, ValueError, LookupError, TypeError) as error:
            self.failures += 1
            print(f"FAILED  {fact}\n        {type(error).__name__}: {error}", flush=True)
        else:
            self.proved += 1
            print(f"proved  {fact}", flush=True)


def holds(what: str, found: object, wanted: object) -> None:
    """Raises `NotSo`."""
    if found != wanted:
        raise NotSo(f"{what} is {found!r}, not {wanted!r}")
