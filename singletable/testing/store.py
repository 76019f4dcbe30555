"""All that an in-memory DynamoDB holds: tables, and the tokens of recent transactions."""

from __future__ import annotations

from collections.abc import Callable

from singletable.testing.errors import TransportError, build_missing_table
from singletable.testing.parameters import Parameters, require_text
from singletable.testing.tables import Table

_TOKEN_SECONDS = 600


class Store:
    """`clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.tables: dict[str, Table] = {}
        self.created = 0
        self._tokens: dict[str, tuple[float, str]] = {}

    def table(self, parameters: Parameters) -> Table:
        """The table that a request names."""
        table = self.tables.get(require_text(parameters, "TableName"))
        if table is None:
            raise build_missing_table()
        return table

    def is_repeated(self, token: str, fingerprint: str) -> bool:
        """Whether this transaction was committed within ten minutes under this token."""
        self._forget_old_tokens()
        if token not in self._tokens:
            return False
        if self._tokens[token][1] != fingerprint:
            raise TransportError(
                "IdempotentParameterMismatchException",
                "Request parameters do not match those of the first request with this token",
            )
        return True

    def remember(self, token: str, fingerprint: str) -> None:
        self._tokens[token] = (self.clock(), fingerprint)

    def _forget_old_tokens(self) -> None:
        oldest = self.clock() - _TOKEN_SECONDS
        while self._tokens:
            token = next(iter(self._tokens))
            if self._tokens[token][0] > oldest:
                return
            del self._tokens[token]
