"""What a Redis answers that is no longer, or not yet, the one to ask. Knows no question."""

from __future__ import annotations

from typing import Final

from redis import BlockingConnectionPool, BusyLoadingError, ReadOnlyError, ResponseError
from redis.exceptions import MasterDownError

_ANSWERS: Final = (ReadOnlyError, BusyLoadingError, MasterDownError)
_OF_SCRIPTS: Final = ("READONLY", "LOADING", "MASTERDOWN")


def leave_former_server(pool: BlockingConnectionPool, error: Exception) -> None:
    """After a fail-over, drops idle connections to a replica: new ones lead to the primary.

    Those in use are dropped after the same answer, each by whom it is told.
    """
    if isinstance(error, _ANSWERS) or _is_from_script(error):
        pool.disconnect(inuse_connections=False)


def _is_from_script(error: Exception) -> bool:
    """Before Redis 7 the answer stands within the words of a script's error."""
    return isinstance(error, ResponseError) and any(word in str(error) for word in _OF_SCRIPTS)
